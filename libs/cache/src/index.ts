export { createCache, type Cache, type CacheOptions } from './create-cache.js';
export { CacheManager, type ReadOptions, type ReadShadow } from './cache-manager.js';
export type { CacheResult } from './read/cache-result.js';
export type { ReadMode, WarmIntent } from './read/read-mode.js';
export { HitReader, type Hit, type PeekedValue } from './hit-reader.js';
export type { SetOutcome } from './load/writer.js';
export { CacheInvalidator, type InvalidationOptions, type InvalidationOutcome } from './cache-invalidator.js';
export { CacheMetrics, type CacheMetricsOptions } from './cache-metrics.js';
export * from './metrics/index.js';
export { CacheWarmer, type HotOptions, type WarmStats } from './cache-warmer.js';
export { createWarmer } from './create-warmer.js';
export { MemoryFleet } from './warming/memory.fleet.js';
export type { CallRequest, CampaignReply, RoundReply, Tenure, WarmFleet } from './warming/warm-fleet.port.js';
export type { WarmJob, WarmProgress } from './warming/warm.job.js';
export type { WarmKey } from './warming/warm.loads.js';
export type { WarmPlan, WarmTrigger } from './warming/warm.plan.js';
export type { RoundTimer } from './warming/warm.rounds.js';
export type { WarmCounts } from './warming/warm.tally.js';
export { WARMER_DEFAULTS, type CacheWarmerOptions } from './warming/warmer.options.js';
export type { BulkLoader, LoadContext, Loader } from './load/loader-call.js';
export {
  Catalog,
  CatalogEntry,
  DEFAULT_POLICY,
  defineEntry,
  type EntryOptions,
  type EntryPolicy,
  type EntryRef,
  type ParamsOf,
} from './catalog.js';
export { systemClock, type CancelTimer, type Clock } from './clock.js';
export { durationMs, type Duration } from './duration.js';
export type { EncryptionKey, EncryptionOptions } from './encoding/encryption.codec.js';
export { CacheError, type CacheErrorCode } from './errors.js';
export * from './events.js';
export type { Explanation } from './read/explainer.js';
export { RestingStorage, type StorageScope } from './resting.storage.js';
export type { Bus, BusEvents } from './bus/bus.port.js';
export type { Outbox, OutboxRow } from './outbox/outbox.port.js';
export { MemoryOutbox } from './outbox/memory.outbox.js';
export type {
  Address,
  EntryInfo,
  FillOutcome,
  FillRequest,
  InvalidationMessage,
  Lease,
  LeaseIntent,
  LeaseReply,
  LeaseRequest,
  SetRequest,
  Snapshot,
  Store,
  StoreEvents,
  Versions,
} from './store/store.port.js';
export type { SideData } from './store/side-data.port.js';
export { MemorySideData } from './store/memory.side-data.js';
