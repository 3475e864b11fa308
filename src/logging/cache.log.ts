import type { CacheListener } from '@chaincache/cache';
import type { Logger } from 'pino';
import { ColdLoadRefused } from '../source/cold-load.limiter.js';
import { keyDigest } from './key.digest.js';

/** A block with hundreds of transfers is one line too, not one of many kilobytes. */
const NAMES_SHOWN = 5;

/** One line for each thing that happens in the cache. Hits are `debug`, since they are the many. */
export function cacheLog(logger: Logger): CacheListener {
  const ms = (durationMs: number): number => Math.round(durationMs * 100) / 100;
  return {
    answered(entry, tier, durationMs) {
      const event = tier === 'MISS' ? 'cache.miss' : tier === 'STALE' ? 'cache.stale' : 'cache.hit';
      if (tier === 'L1' || tier === 'L2') logger.debug({ event, entry, tier, durationMs: ms(durationMs) });
      else logger.info({ event, entry, tier, durationMs: ms(durationMs) });
    },
    loaded(entry, key, durationMs) {
      logger.info({ event: 'cache.load', entry, key: keyDigest(key), durationMs: ms(durationMs) });
    },
    filled(entry, key, bodyBytes, storedBytes) {
      logger.debug({ event: 'cache.fill', entry, tier: 'L2', key: keyDigest(key), bodyBytes, storedBytes });
    },
    loadFailed(entry, key, error) {
      if (error instanceof ColdLoadRefused) return logger.debug({ event: 'cache.load-refused', entry });
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      logger.warn({ event: 'cache.load-failed', entry, key: keyDigest(key), reason });
    },
    fillRefused(entry, key, reason) {
      const level = reason === 'full' || reason === 'too-large' ? 'warn' : 'debug';
      logger[level]({ event: 'cache.fill-refused', entry, tier: 'L2', key: keyDigest(key), reason });
    },
    staleServed(entry, key, reason, ageMs) {
      logger.debug({ event: 'cache.stale-served', entry, key: keyDigest(key), reason, ageMs: ms(ageMs) });
    },
    decodeFailed(entry, key, fault) {
      logger.warn({ event: 'cache.decode-failed', entry, tier: 'L2', key: keyDigest(key), fault });
    },
    invalidated(kind, names, status, durationMs) {
      const digests = names.slice(0, NAMES_SHOWN).map(keyDigest);
      logger.info({
        event: 'cache.invalidated',
        kind,
        count: names.length,
        names: digests,
        status,
        durationMs: ms(durationMs),
      });
    },
    flushed(reason) {
      logger.info({ event: 'cache.flushed', tier: 'L1', reason });
    },
    storeState(state) {
      const level = state === 'up' || state === 'breaker-closed' ? 'info' : 'warn';
      logger[level]({ event: `cache.store-${state}`, tier: 'L2' });
    },
    storeFault(operation, error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.debug({ event: 'cache.store-fault', tier: 'L2', operation, reason });
    },
  };
}
