import { z } from 'zod';

const counts = z.record(z.string(), z.number());
const percent = z.number().nullable().describe('Percent; null where nothing was asked');
const ms = z.number().nullable().describe('Milliseconds; null where nothing was timed');
const bytes = z.number().describe('Bytes');

const quantiles = { p50Ms: ms, p90Ms: ms, p99Ms: ms, p999Ms: ms };

const requests = {
  ...quantiles,
  requests: z.number(),
  hits: z.number().describe('Answered from L1, L2 or by a stale value'),
  misses: z.number(),
  hitRate: percent,
  missRate: percent,
  avgResponseTimeMs: ms,
  requestsPerSecond: z.number(),
  tiers: z
    .record(z.string(), z.object({ ...quantiles, count: z.number(), avgMs: ms }))
    .describe('By L1, L2, STALE, MISS'),
};

const work = {
  coalesced: z.number().describe('Callers that shared another’s load or read'),
  loads: z.object({ count: z.number(), failed: z.number(), avgMs: ms }),
  fills: z.object({
    count: z.number(),
    bodyBytes: bytes,
    storedBytes: bytes,
    compressionRatio: z.number().nullable(),
    refused: counts.describe('By reason'),
  }),
  staleServed: counts.describe('By reason'),
  decodeErrors: counts.describe('By reason'),
  consistency: z
    .record(z.string(), z.number().nullable())
    .describe('Hits that were compared with their source, by what came of it; mismatchAvgAgeMs of those that differed'),
  warmed: counts.describe('By outcome'),
};

const window = z.object({ ...requests, ...work, seconds: z.number() });
const windows = <Figures extends z.ZodType>(figures: Figures) =>
  z.object({ '1m': figures, '5m': figures, '1h': figures });

const entry = z.object({
  ...requests,
  ...work,
  invalidations: counts.describe('By status'),
  windows: windows(z.object(requests)),
});

const topKeys = z
  .array(z.object({ key: z.string(), entry: z.string(), count: z.number(), estimated: z.number() }))
  .readonly()
  .describe('Of the count, `estimated` is from before the key was followed; the rest is exact');

const stats = {
  ...requests,
  ...work,
  seconds: z.number().describe('How long was counted'),
  topHitKeys: topKeys,
  topMissKeys: topKeys,
  invalidations: z.record(z.string(), z.object({ applied: z.number(), queued: z.number() })).describe('By kind'),
  invalidationsReceived: z.number(),
  flushes: counts.describe('By reason'),
  storeFaults: counts.describe('By operation'),
  connectionFailures: z.number(),
  breakerOpened: z.number(),
  l1: z.object({ bytes, entries: z.number(), maxBytes: bytes }),
  windows: windows(window),
  entries: z.record(z.string(), entry).describe('By entry of the catalog'),
};

const instance = z.object({
  instance: z.string(),
  uptimeSeconds: z.number(),
  requests: z.number(),
  requestsPerSecond: z.number(),
  hitRate: percent,
  avgResponseTimeMs: ms,
  l1Bytes: bytes,
});

const alert = z.object({
  alert: z.string(),
  state: z.enum(['ok', 'firing']),
  value: z.number().nullable(),
  threshold: z.number(),
  unit: z.string(),
  summary: z.string(),
  since: z.string().nullable(),
});

/** What GET /api/cache/stats answers, for its description. */
export const statsAnswer = z.object({
  instance: z.string().describe('Which one answers; what stands beside it is its own'),
  ...stats,
  store: z.object({ state: z.enum(['up', 'down', 'none']), breakerOpen: z.boolean() }),
  redis: z
    .object({
      memoryUsedBytes: bytes,
      memoryMaxBytes: bytes,
      keys: z.number(),
      evictedKeys: z.number(),
    })
    .nullable()
    .describe('Null without Redis, or while it cannot be asked'),
  outbox: z.object({ pending: z.number(), oldestAgeMs: z.number() }).nullable(),
  busSilenceMs: z.number().nullable(),
  alerts: z.array(alert).readonly(),
  fleet: z
    .object({ ...stats, instances: z.array(instance).readonly(), complete: z.boolean() })
    .describe('All instances together; complete: they could all be asked'),
});

export type StatsAnswer = Readonly<z.output<typeof statsAnswer>>;
