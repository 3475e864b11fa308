import {
  CacheMetrics,
  COMPARISONS,
  DECODE_FAULTS,
  FILL_REFUSALS,
  FLUSH_REASONS,
  INVALIDATION_KINDS,
  INVALIDATION_STATUSES,
  STALE_REASONS,
  STORE_OPERATIONS,
  TIERS,
  WARM_OUTCOMES,
} from '@chaincache/cache';
import { CATALOG_ENTRIES } from '../../catalog/catalog.js';
import { ALERT_NAMES } from '../alerts/alert.rules.js';
import type { CacheState } from '../cache.state.js';
import { cacheExposition } from './cache.exposition.js';
import { Exposition } from './exposition.js';
import { stateExposition } from './state.exposition.js';

const NAMES = CATALOG_ENTRIES.map(({ name }) => name);

function exposed(metrics: CacheMetrics): Promise<string> {
  const state = {
    l1: () => ({ bytes: 1, entries: 1, maxBytes: 1 }),
    store: () => 'up',
    breakerOpen: false,
    busSilenceMs: () => 1,
    redis: () => Promise.resolve({ usedBytes: 1, maxBytes: 1, keys: 1, evictedKeys: 1 }),
    outbox: () => Promise.resolve({ pending: 1, oldestAgeMs: 1 }),
  } as unknown as CacheState;
  const alerts = () => new Map(ALERT_NAMES.map((name) => [name, true]));
  return new Exposition([...cacheExposition(metrics, NAMES), ...stateExposition(state, alerts)]).text();
}

const seriesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** All that can happen to an entry, and all of it to `of`. */
function everything(metrics: CacheMetrics, entry: string): void {
  for (const tier of TIERS) {
    if (tier === 'MISS') metrics.miss(entry, 'k');
    else metrics.hit(entry, 'k', tier);
    metrics.answered(entry, tier, 5, 1);
  }
  metrics.coalesced(entry);
  metrics.loaded(entry, 'k', 5);
  metrics.loadFailed(entry);
  metrics.filled(entry, 'k', 10, 5);
  for (const reason of FILL_REFUSALS) metrics.fillRefused(entry, 'k', reason);
  for (const reason of STALE_REASONS) metrics.staleServed(entry, 'k', reason);
  for (const fault of DECODE_FAULTS) metrics.decodeFailed(entry, 'k', fault);
  for (const result of COMPARISONS) metrics.compared(entry, 'k', result, 5);
  for (const outcome of WARM_OUTCOMES) metrics.warmed(entry, outcome);
}

describe('what Prometheus is told', () => {
  it('stays below 2 000 series when everything that can happen has happened to every entry', async () => {
    const metrics = new CacheMetrics({ catalog: { entries: CATALOG_ENTRIES } });
    for (const entry of [...NAMES, '(ad hoc)']) everything(metrics, entry);
    for (const status of INVALIDATION_STATUSES) {
      for (const kind of INVALIDATION_KINDS) metrics.invalidated(kind, ['*'], status, 1);
    }
    for (const reason of FLUSH_REASONS) metrics.flushed(reason);
    for (const operation of STORE_OPERATIONS) metrics.storeFault(operation);
    metrics.storeState('down');
    const series = seriesOf(await exposed(metrics));
    expect(series.length).toBeGreaterThan(1_200);
    expect(series.length).toBeLessThanOrEqual(2_000);
    expect(series.filter((line) => /^chaincache_cache_(hits|warmed)_total\{.* 0$/.test(line))).toEqual([]);
  });

  it('names what was warmed, and whom invalidations concern', async () => {
    const metrics = new CacheMetrics({ catalog: { entries: CATALOG_ENTRIES } });
    metrics.warmed('block height', 'warmed');
    metrics.warmed('block height', 'used');
    metrics.invalidated('tag', ['chain'], 'applied', 1);
    metrics.invalidated('key', [`tokens:0x${'a'.repeat(40)}`], 'queued', 1);
    const series = seriesOf(await exposed(metrics));
    expect(series).toEqual(
      expect.arrayContaining([
        'chaincache_cache_warmed_total{entry="block height",outcome="warmed"} 1',
        'chaincache_cache_warmed_total{entry="block height",outcome="used"} 1',
        'chaincache_cache_warmed_total{entry="user info",outcome="failed"} 0',
        'chaincache_cache_entry_invalidations_total{entry="recent blocks",outcome="applied"} 1',
        'chaincache_cache_entry_invalidations_total{entry="token balances",outcome="queued"} 1',
        'chaincache_cache_entry_invalidations_total{entry="user info",outcome="applied"} 0',
      ]),
    );
  });
});
