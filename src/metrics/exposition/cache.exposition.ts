import {
  type CacheMetrics,
  COMPARISONS,
  DECODE_FAULTS,
  EntryCounters,
  FIELD,
  FILL_REFUSALS,
  FLUSH_REASONS,
  INVALIDATION_KINDS,
  INVALIDATION_STATUSES,
  type LatencyHistogram,
  PROCESS_FIELD,
  STALE_REASONS,
  STORE_OPERATIONS,
  TIERS,
  WARM_OUTCOMES,
} from '@chaincache/cache';
import type { ReadMetric, Sample } from './read.metric.js';

/** Bounds of the histograms' buckets, ms: all lie on bounds of the buckets that are counted, so no count is a guess. */
const BOUNDS_MS = [2 ** -8, 2 ** -6, 2 ** -4, 0.25, 1, 5, 10, 25, 50, 100, 250, 1_000, 4_000];
const MS = 1_000;
const NOTHING = new EntryCounters();

type Counted = (of: (entry: string, counters: EntryCounters) => readonly Sample[]) => () => readonly Sample[];

/**
 * What CacheMetrics counted, for Prometheus. Labels are names of entries and members of fixed sets: nothing that a
 * request could bring grows the number of series, and nothing names a key or a wallet.
 * @param entries all of the catalog: each has its series from the start, so that the first increase is seen
 */
export function cacheExposition(metrics: CacheMetrics, entries: readonly string[]): ReadMetric[] {
  const counted: Counted = (of) => () => {
    const counters = metrics.counters();
    const names = new Set([...entries, ...counters.keys()]);
    return [...names].flatMap((entry) => of(entry, counters.get(entry) ?? NOTHING));
  };
  return [
    ...readMetrics(counted),
    ...fillMetrics(counted),
    ...trustMetrics(counted),
    ...operationMetrics(counted),
    ...processMetrics(metrics.processCounters()),
  ];
}

function readMetrics(counted: Counted): ReadMetric[] {
  const { single } = FIELD;
  return [
    {
      name: 'chaincache_cache_hits_total',
      help: 'Reads that were answered from the cache, by where the answer came from.',
      type: 'counter',
      read: counted((entry, { values }) =>
        TIERS.filter((tier) => tier !== 'MISS').map((tier) => sample({ entry, tier }, values[FIELD.answers[tier]])),
      ),
    },
    {
      name: 'chaincache_cache_misses_total',
      help: 'Reads for which the source was asked, or that ended in an error.',
      type: 'counter',
      read: counted((entry, { values }) => [sample({ entry }, values[FIELD.answers.MISS])]),
    },
    {
      name: 'chaincache_cache_coalesced_total',
      help: 'Reads that shared the load or the read of another one; they are among the hits.',
      type: 'counter',
      read: counted((entry, { values }) => [sample({ entry }, values[single.coalesced])]),
    },
    {
      name: 'chaincache_cache_answer_duration_seconds',
      help: 'How long callers waited, by tier. One L1 hit in 64 is timed and counts for all of them.',
      type: 'histogram',
      read: counted((entry, { answerTimes }) =>
        TIERS.flatMap((tier, at) => histogramSamples({ entry, tier }, answerTimes[at])),
      ),
    },
    {
      name: 'chaincache_cache_load_duration_seconds',
      help: 'How long successful reads of the source took.',
      type: 'histogram',
      read: counted((entry, { loadTimes }) => histogramSamples({ entry }, loadTimes)),
    },
    {
      name: 'chaincache_cache_load_failures_total',
      help: 'Reads of the source that failed.',
      type: 'counter',
      read: counted((entry, { values }) => [sample({ entry }, values[single.loadFailures])]),
    },
    {
      name: 'chaincache_cache_stale_served_total',
      help: 'Expired values that covered a slow or failing source, by what it covered.',
      type: 'counter',
      read: counted((entry, { values }) =>
        STALE_REASONS.map((reason) => sample({ entry, reason }, values[FIELD.stale[reason]])),
      ),
    },
  ];
}

function fillMetrics(counted: Counted): ReadMetric[] {
  const { single } = FIELD;
  return [
    {
      name: 'chaincache_cache_fills_total',
      help: 'Values written to the second tier.',
      type: 'counter',
      read: counted((entry, { values }) => [sample({ entry }, values[single.fills])]),
    },
    {
      name: 'chaincache_cache_fill_refusals_total',
      help: 'Values that were not written to the second tier, by why.',
      type: 'counter',
      read: counted((entry, { values }) =>
        FILL_REFUSALS.map((reason) => sample({ entry, reason }, values[FIELD.refused[reason]])),
      ),
    },
    {
      name: 'chaincache_cache_fill_body_bytes_total',
      help: 'Bytes of the values written to the second tier, before compression.',
      type: 'counter',
      read: counted((entry, { values }) => [sample({ entry }, values[single.fillBodyBytes])]),
    },
    {
      name: 'chaincache_cache_fill_stored_bytes_total',
      help: 'Bytes of the values written to the second tier, as they are stored.',
      type: 'counter',
      read: counted((entry, { values }) => [sample({ entry }, values[single.fillStoredBytes])]),
    },
  ];
}

function trustMetrics(counted: Counted): ReadMetric[] {
  return [
    {
      name: 'chaincache_cache_decode_errors_total',
      help: 'Values in the second tier that could not be read and were taken for absent, by why.',
      type: 'counter',
      read: counted((entry, { values }) =>
        DECODE_FAULTS.map((fault) => sample({ entry, reason: fault }, values[FIELD.decode[fault]])),
      ),
    },
    {
      name: 'chaincache_cache_consistency_checks_total',
      help: 'Cached values that were compared with their source, by what came of it.',
      type: 'counter',
      read: counted((entry, { values }) =>
        COMPARISONS.map((outcome) => sample({ entry, outcome }, values[FIELD.compared[outcome]])),
      ),
    },
    {
      name: 'chaincache_cache_consistency_mismatch_age_seconds_total',
      help: 'The ages, added up, of cached values that differed from their source.',
      type: 'counter',
      read: counted((entry, { values }) => [sample({ entry }, values[FIELD.single.mismatchAgeMs]! / MS)]),
    },
  ];
}

function operationMetrics(counted: Counted): ReadMetric[] {
  return [
    {
      name: 'chaincache_cache_warmed_total',
      help: 'Loads ahead of readers, by what came of them; used: read before it expired, by the instance that warmed it.',
      type: 'counter',
      read: counted((entry, { values }) =>
        WARM_OUTCOMES.map((outcome) => sample({ entry, outcome }, values[FIELD.warmed[outcome]])),
      ),
    },
    {
      name: 'chaincache_cache_entry_invalidations_total',
      help: 'Invalidations by the entries that they concern, as far as names tell: one may concern several, or none known.',
      type: 'counter',
      read: counted((entry, { values }) =>
        INVALIDATION_STATUSES.map((outcome) => sample({ entry, outcome }, values[FIELD.invalidated[outcome]])),
      ),
    },
  ];
}

function processMetrics(counters: Float64Array): ReadMetric[] {
  const { single } = PROCESS_FIELD;
  const one = (name: string, help: string, field: number, unit = 1): ReadMetric => ({
    name,
    help,
    type: 'counter',
    read: () => [sample({}, counters[field]! / unit)],
  });
  return [
    {
      name: 'chaincache_cache_invalidations_total',
      help: 'Invalidations by what they named, and whether they were applied at once or wait in the outbox.',
      type: 'counter',
      read: () =>
        INVALIDATION_STATUSES.flatMap((outcome) =>
          INVALIDATION_KINDS.map((kind) => sample({ kind, outcome }, counters[PROCESS_FIELD[outcome][kind]])),
        ),
    },
    one(
      'chaincache_cache_invalidation_seconds_total',
      'Time that invalidations took, added up.',
      single.invalidationMs,
      MS,
    ),
    one('chaincache_cache_invalidations_received_total', 'Invalidations heard from other instances.', single.received),
    {
      name: 'chaincache_cache_l1_flushes_total',
      help: 'How often the first tier was emptied because messages may have been missed, by how that was noticed.',
      type: 'counter',
      read: () => FLUSH_REASONS.map((reason) => sample({ reason }, counters[PROCESS_FIELD.flushes[reason]])),
    },
    {
      name: 'chaincache_store_faults_total',
      help: 'Operations of the second tier that failed.',
      type: 'counter',
      read: () => STORE_OPERATIONS.map((operation) => sample({ operation }, counters[PROCESS_FIELD.faults[operation]])),
    },
    one('chaincache_store_connections_lost_total', 'How often the second tier was lost.', single.storeLost),
    one('chaincache_store_breaker_opened_total', 'How often the breaker opened.', single.breakerOpened),
  ];
}

function sample(labels: Readonly<Record<string, string>>, value: number | undefined): Sample {
  return { labels, value: value ?? 0 };
}

/** None for what never happened: a tier that an entry never sees costs no series. */
function histogramSamples(
  labels: Readonly<Record<string, string>>,
  histogram: LatencyHistogram | undefined,
): readonly Sample[] {
  if (histogram === undefined || histogram.weight === 0) return [];
  const buckets = BOUNDS_MS.map((bound): Sample => ({
    labels: { ...labels, le: String(bound / MS) },
    value: histogram.weightBelow(bound),
    suffix: '_bucket',
  }));
  return [
    ...buckets,
    { labels: { ...labels, le: '+Inf' }, value: histogram.weight, suffix: '_bucket' },
    { labels, value: histogram.sumMs / MS, suffix: '_sum' },
    { labels, value: histogram.weight, suffix: '_count' },
  ];
}
