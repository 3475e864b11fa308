import { Injectable } from '@nestjs/common';
import type { CatalogEntry } from '../index.js';
import { CACHED_METADATA } from './cached.decorator.js';
import { INVALIDATE_ON_METADATA, type InvalidateOnDeclaration } from './invalidate-on.decorator.js';
import { WARM_METADATA, type WarmDeclaration } from './warm.decorator.js';

/** The sole reader of what the decorators left. A place is a class or one of its methods. */
@Injectable()
export class CacheMetadataAccessor {
  cachedEntry(method: object): CatalogEntry<unknown> | undefined {
    return Reflect.getMetadata(CACHED_METADATA, method) as CatalogEntry<unknown> | undefined;
  }

  invalidations(place: object): readonly InvalidateOnDeclaration[] {
    return (Reflect.getMetadata(INVALIDATE_ON_METADATA, place) ?? []) as readonly InvalidateOnDeclaration[];
  }

  warmings(place: object): readonly WarmDeclaration[] {
    return (Reflect.getMetadata(WARM_METADATA, place) ?? []) as readonly WarmDeclaration[];
  }

  /** Whether any decorator of the cache stands here. */
  isDecorated(place: object): boolean {
    return (
      this.cachedEntry(place) !== undefined || this.invalidations(place).length > 0 || this.warmings(place).length > 0
    );
  }
}
