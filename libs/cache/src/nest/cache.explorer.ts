import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { CacheError } from '../index.js';
import type { CachedMethod } from './cached.method.js';
import { CacheMetadataAccessor } from './cache-metadata.accessor.js';
import type { Invalidation, InvalidateOnDeclaration } from './invalidate-on.decorator.js';
import type { WarmDeclaration } from './warm.decorator.js';

/** An `@InvalidateOn` with the instance behind it. */
export interface InvalidationRule {
  readonly eventName: string;
  /** `UserService.load` or `UserService`, for logs and errors. */
  readonly source: string;
  readonly toInvalidation: (event: unknown) => Invalidation | Promise<Invalidation>;
}

/** A `@Warm` with where it stands. */
export interface WarmRule extends WarmDeclaration {
  readonly source: string;
}

export interface Findings {
  readonly cachedMethods: readonly CachedMethod[];
  readonly invalidationRules: readonly InvalidationRule[];
  readonly warmRules: readonly WarmRule[];
}

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
type MethodTable = Readonly<Record<string, (...args: unknown[]) => unknown>>;

interface Collected {
  readonly cachedMethods: CachedMethod[];
  readonly invalidationRules: InvalidationRule[];
  readonly warmRules: WarmRule[];
}

/** Finds what was decorated, on the singletons that Nest made. */
@Injectable()
export class CacheExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly accessor: CacheMetadataAccessor,
  ) {}

  /** @throws CacheError `CATALOG` for a decorator on a class that is not a singleton. */
  explore(): Findings {
    const found: Collected = { cachedMethods: [], invalidationRules: [], warmRules: [] };
    const seen = new Set<object>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (wrapper.isAlias) continue;
      if (wrapper.isTransient || !wrapper.isDependencyTreeStatic()) {
        this.refuseDecorators(wrapper);
        continue;
      }
      const instance: unknown = wrapper.instance;
      if (typeof instance !== 'object' || instance === null || seen.has(instance)) continue;
      seen.add(instance);
      this.exploreInstance(instance, found);
    }
    return found;
  }

  private exploreInstance(instance: object, found: Collected): void {
    const prototype = Object.getPrototypeOf(instance) as MethodTable | null;
    if (prototype === null) return;
    // An object may have been made without a class; its type does not say so.
    const owner = instance.constructor as typeof instance.constructor | undefined;
    if (owner !== undefined) this.collectRules(owner, instance, owner.name, found);

    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const method = prototype[name];
      if (method === undefined) continue;
      const source = `${owner?.name ?? 'object'}.${name}`;
      this.collectRules(method, instance, source, found);
      const entry = this.accessor.cachedEntry(method);
      if (entry === undefined) continue;
      const original = method as CachedMethod['original'];
      found.cachedMethods.push({ entry, source, instance, methodName: name, original });
    }
  }

  private collectRules(place: object, instance: object, source: string, found: Collected): void {
    for (const declaration of this.accessor.invalidations(place)) {
      const toInvalidation = this.mappingOf(declaration, place, instance);
      found.invalidationRules.push({ eventName: declaration.eventName, source, toInvalidation });
    }
    for (const declaration of this.accessor.warmings(place)) {
      const params: WarmDeclaration['params'] = (event) => declaration.params.call(instance, event);
      found.warmRules.push({ ...declaration, params, source });
    }
  }

  private mappingOf(
    declaration: InvalidateOnDeclaration,
    place: object,
    instance: object,
  ): InvalidationRule['toInvalidation'] {
    const mapping = (declaration.toInvalidation ?? place) as InvalidationRule['toInvalidation'];
    return (event) => mapping.call(instance, event);
  }

  private refuseDecorators(wrapper: Wrapper): void {
    const { metatype } = wrapper;
    if (typeof metatype !== 'function') return;
    const prototype = metatype.prototype as MethodTable | undefined;
    const methods = prototype === undefined ? [] : this.scanner.getAllMethodNames(prototype);
    const decorated = [metatype, ...methods.map((name) => prototype?.[name])].some(
      (place) => place !== undefined && this.accessor.isDecorated(place),
    );
    if (!decorated) return;
    throw new CacheError(
      'CATALOG',
      `${metatype.name} is not a singleton (it, or something it injects, is request-scoped or transient), so no loader or ` +
        `listener can stand on it: move what @Cached, @InvalidateOn or @Warm stand on to a provider with the default scope`,
    );
  }
}
