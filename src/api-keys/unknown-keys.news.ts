import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CacheEvents } from '@chaincache/cache';
import { apiKey } from '../catalog/api-key.entry.js';
import { UnknownKeys } from './unknown.keys.js';

/** Forgets that a key is unknown as soon as it is heard of, from whichever instance. */
@Injectable()
export class UnknownKeysNews implements OnModuleDestroy {
  private readonly unsubscribe: () => void;

  constructor(events: CacheEvents, unknown: UnknownKeys) {
    const forget = (names: readonly string[]): void => {
      for (const name of names) {
        const key = apiKey.match(name);
        if (key !== null) unknown.forget(key.sha256);
      }
    };
    this.unsubscribe = events.add({
      invalidated: (_kind, names) => forget(names),
      invalidationReceived: (_tags, keys) => forget(keys),
      // Messages may have been lost.
      flushed: () => unknown.forgetAll(),
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }
}
