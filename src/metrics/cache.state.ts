import type { Cache, CacheListener, L1Usage } from '@chaincache/cache';
import type { OutboxBacklog } from './exposition/outbox.backlog.js';
import { INFO_SECTIONS, type RedisFigures, redisFigures } from './exposition/redis.figures.js';
import { SharedReading } from './exposition/shared.reading.js';

/** INFO walks through no keys, but ten scrapers at once need not all ask for it. */
const REDIS_MAX_AGE_MS = 3_000;
const OUTBOX_MAX_AGE_MS = 2_000;
/** A scrape does not wait longer for one of its parts. */
const READ_TIMEOUT_MS = 2_000;

/** Asks each primary for sections of INFO. */
export type AskInfo = (sections: readonly string[]) => Promise<readonly string[]>;

/** How the cache and what it stands on are at this moment. What cannot be read is null. */
export class CacheState implements CacheListener {
  /** As far as events told; the breaker may have opened before anybody listened. */
  private opened: boolean;
  private readonly redisReading: SharedReading<RedisFigures> | undefined;
  private readonly outboxReading: SharedReading<OutboxBacklog>;

  /** @param askInfo undefined without Redis */
  constructor(
    private readonly cache: Pick<Cache, 'l1Usage' | 'storeState' | 'busSilenceMs'>,
    askInfo: AskInfo | undefined,
    readBacklog: () => Promise<OutboxBacklog>,
  ) {
    if (askInfo !== undefined) {
      const read = async (): Promise<RedisFigures> => redisFigures(await inTime(askInfo(INFO_SECTIONS)));
      this.redisReading = new SharedReading(read, REDIS_MAX_AGE_MS);
    }
    this.outboxReading = new SharedReading(() => inTime(readBacklog()), OUTBOX_MAX_AGE_MS);
    this.opened = cache.storeState() === 'down';
  }

  storeState(state: 'up' | 'down' | 'breaker-open' | 'breaker-closed'): void {
    if (state === 'breaker-open') this.opened = true;
    if (state === 'breaker-closed') this.opened = false;
  }

  /** Nobody waits for the second tier. */
  get breakerOpen(): boolean {
    return this.opened && this.store() === 'down';
  }

  l1(): L1Usage {
    return this.cache.l1Usage();
  }

  store(): 'up' | 'down' | 'none' {
    return this.cache.storeState();
  }

  /** Null without a bus; Infinity before anything was heard. */
  busSilenceMs(): number | null {
    return this.cache.busSilenceMs();
  }

  redis(): Promise<RedisFigures | null> {
    return this.redisReading?.get() ?? Promise.resolve(null);
  }

  outbox(): Promise<OutboxBacklog | null> {
    return this.outboxReading.get();
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), READ_TIMEOUT_MS).unref();
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
