import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CacheEvents } from '@chaincache/cache';
import { apiKey } from '../catalog/api-key.entry.js';
import { PostgresOutbox } from '../database/postgres.outbox.js';
import { UnknownKeys } from './unknown.keys.js';

/** Forgets that a key is unknown as soon as it is heard of, from whichever instance. */
@Injectable()
export class UnknownKeysNews implements OnModuleDestroy {
  private readonly unsubscribe: readonly (() => void)[];

  constructor(events: CacheEvents, outbox: PostgresOutbox, unknown: UnknownKeys) {
    const forget = (names: readonly string[]): void => {
      for (const name of names) {
        const key = apiKey.match(name);
        if (key !== null) unknown.forget(key.sha256);
      }
    };
    const fromEvents = events.add({
      invalidated: (_kind, names) => forget(names),
      invalidationReceived: (_tags, keys) => forget(keys),
      // Messages may have been lost.
      flushed: () => unknown.forgetAll(),
    });
    this.unsubscribe = [fromEvents, outbox.onRelayed(forget)];
  }

  onModuleDestroy(): void {
    for (const unsubscribe of this.unsubscribe) unsubscribe();
  }
}
