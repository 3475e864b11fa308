import type { CacheStats } from '@chaincache/cache';
import type { RedisFigures } from '../exposition/redis.figures.js';

/** What the alerts look at. */
export interface AlertFacts {
  readonly stats: CacheStats;
  readonly store: 'up' | 'down' | 'none';
  /** Null without Redis, or while it cannot be asked. */
  readonly redis: RedisFigures | null;
}

/** One thing that somebody should be told of. */
export interface AlertRule {
  readonly name: AlertName;
  /** For people; the runbook has a chapter of that name. */
  readonly summary: string;
  readonly unit: 'percent' | 'ms' | 'connections';
  /** Bad beyond this, … */
  readonly threshold: number;
  /** … good again only from here on: in between it stays as it is. */
  readonly clearsAt: number;
  readonly bad: 'above' | 'below';
  /** How many looks in a row must be bad before it fires. */
  readonly looks: number;
  /** Null: nothing can be said, as without traffic or without a limit; that is not bad. */
  readonly value: (facts: AlertFacts) => number | null;
}

export const ALERT_NAMES = ['low-hit-rate', 'high-memory', 'connection-lost', 'slow-responses'] as const;
export type AlertName = (typeof ALERT_NAMES)[number];

/** Fewer reads in five minutes say nothing about how the cache works. */
const LEAST_REQUESTS = 100;

export const ALERT_RULES: readonly AlertRule[] = [
  {
    name: 'low-hit-rate',
    summary: 'Less than half of the reads of the last 5 minutes were answered from the cache',
    unit: 'percent',
    threshold: 50,
    clearsAt: 55,
    bad: 'below',
    looks: 3,
    value: ({ stats }) => (stats.windows['5m'].requests < LEAST_REQUESTS ? null : stats.windows['5m'].hitRate),
  },
  {
    name: 'high-memory',
    summary: 'Redis uses more than 80 % of the memory that it may use',
    unit: 'percent',
    threshold: 80,
    clearsAt: 75,
    bad: 'above',
    looks: 1,
    value: ({ redis }) => (redis === null || redis.maxBytes === 0 ? null : (redis.usedBytes / redis.maxBytes) * 100),
  },
  {
    name: 'connection-lost',
    summary: 'Redis cannot be used: reads go to memory and to the sources',
    unit: 'connections',
    threshold: 1,
    clearsAt: 1,
    bad: 'below',
    looks: 1,
    value: ({ store }) => (store === 'none' ? null : Number(store === 'up')),
  },
  {
    name: 'slow-responses',
    summary: 'The mean response time of the last 5 minutes is above 50 ms',
    unit: 'ms',
    threshold: 50,
    clearsAt: 40,
    bad: 'above',
    looks: 3,
    value: ({ stats }) =>
      stats.windows['5m'].requests < LEAST_REQUESTS ? null : stats.windows['5m'].avgResponseTimeMs,
  },
];
