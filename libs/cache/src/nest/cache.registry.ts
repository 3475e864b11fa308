import { Injectable } from '@nestjs/common';
import { CacheError, type CatalogEntry, type Loader, type WarmPlan } from '../index.js';
import { loaderFor, type CachedMethod } from './cached.method.js';
import type { Findings } from './cache.explorer.js';
import type { InvalidationListener } from './invalidation.listener.js';

/** What is cached, invalidated and warmed by decorators in this application. Complete once the application has started. */
@Injectable()
export class CacheRegistry {
  private readonly methods = new Map<string, CachedMethod>();
  private plans: readonly WarmPlan[] = [];
  private mounted: readonly InvalidationListener[] = [];

  /** Each `@Cached` method with its entry. */
  cachedMethods(): readonly CachedMethod[] {
    return [...this.methods.values()];
  }

  /** Each `@InvalidateOn` with what became of its events. */
  listeners(): readonly InvalidationListener[] {
    return this.mounted;
  }

  /** Each trigger of each `@Warm`. */
  warmPlans(): readonly WarmPlan[] {
    return this.plans;
  }

  /**
   * How to load a key of an entry: its `@Cached` method, past the cache. `undefined` when no method is.
   * @example manager.getOrSetResult(userInfo.ref({ wallet }), registry.loaderOf(userInfo)!({ wallet }), { mode: 'fresh' })
   */
  loaderOf<V, Params>(entry: CatalogEntry<V, Params>): ((params: Params) => Loader<V>) | undefined {
    const method = this.methods.get(entry.name);
    if (method === undefined) return undefined;
    return (params) => loaderFor(method, params as Readonly<Record<string, unknown>>) as Loader<V>;
  }

  /**
   * Takes in what was found. The orchestrator calls it once.
   * @throws CacheError `CATALOG` for two loaders of one entry, and for a warmed entry without a loader.
   */
  fill(findings: Findings, listeners: readonly InvalidationListener[]): void {
    for (const method of findings.cachedMethods) {
      const { entry, source } = method;
      const other = this.methods.get(entry.name);
      if (other !== undefined) throw twoLoaders(entry.name, other.source, source);
      this.methods.set(entry.name, method);
    }
    this.plans = findings.warmRules.map((rule): WarmPlan => {
      const { entry, trigger, source } = rule;
      const loaderOf = this.loaderOf(entry);
      if (loaderOf === undefined) throw nothingToWarm(entry.name, source);
      return { entry, trigger, source, loaderOf, params: async (event) => rule.params(event) };
    });
    this.mounted = listeners;
  }
}

function twoLoaders(entry: string, first: string, second: string): CacheError {
  const same = first === second;
  return new CacheError(
    'CATALOG',
    `entry "${entry}" has two loaders, ${first} and ${second}: ` +
      (same
        ? 'the class is provided by two modules; provide it in one, export it there and import that module in the other'
        : 'keep @Cached on one of them and let the other one call it, or define a second entry'),
    { entry },
  );
}

function nothingToWarm(entry: string, source: string): CacheError {
  return new CacheError(
    'CATALOG',
    `@Warm on ${source}: nothing can load entry "${entry}"; put @Cached on the method that does, in a class that a module provides`,
    { entry },
  );
}
