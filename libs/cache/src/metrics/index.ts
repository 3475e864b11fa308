export type {
  CacheStats,
  EntryStats,
  LatencyStats,
  RequestStats,
  SliceStats,
  TierStats,
  WorkStats,
} from './cache.stats.js';
export { ConsistencyCheck, type ConsistencyContract, type Verdict } from './consistency.check.js';
export { ConsistencySampler, type ConsistencySamplerOptions, type LoaderOf } from './consistency.sampler.js';
export * from './counter.fields.js';
export { EntryCounters } from './entry.counters.js';
export { FleetMetrics, type FleetMetricsOptions, type FleetStats, type InstanceStats } from './fleet.metrics.js';
export { LatencyHistogram } from './latency.histogram.js';
export type { L1Usage, MetricsSnapshot } from './metrics.snapshot.js';
export { ShadowReads } from './shadow.reads.js';
export { TopKeys, type TopKey } from './top-keys.sketch.js';
