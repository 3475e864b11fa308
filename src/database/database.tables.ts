import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  char,
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';

/** Everything stands in a schema of its own, so that the database can be shared with R3MES's. */
export const chaincache = pgSchema('chaincache');

const id = () => bigint('id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity();
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const wallet = () =>
  text('wallet_address')
    .notNull()
    .references(() => users.walletAddress, { onDelete: 'cascade' });
/** Amounts are exact: whole credits, or coins with 8 decimals. Measurements are exact too, and bounded. */
const whole = (name: string) => bigint(name, { mode: 'bigint' });

export const users = chaincache.table(
  'users',
  {
    walletAddress: text('wallet_address').primaryKey(),
    displayName: text('display_name'),
    credits: whole('credits')
      .notNull()
      .default(sql`0`),
    isMiner: boolean('is_miner').notNull().default(false),
    lastMiningTime: moment('last_mining_time'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    check('users_credits_not_negative', sql`${table.credits} >= 0`),
    check('users_display_name_length', sql`char_length(${table.displayName}) BETWEEN 1 AND 64`),
    index('users_miners_idx')
      .on(table.lastMiningTime)
      .where(sql`${table.isMiner}`),
  ],
);

export const miningStats = chaincache.table(
  'mining_stats',
  {
    id: id(),
    walletAddress: wallet(),
    hashrate: numeric('hashrate', { precision: 20, scale: 4 }).notNull(),
    gpuTemperature: numeric('gpu_temperature', { precision: 5, scale: 2 }).notNull(),
    blocksFound: whole('blocks_found').notNull(),
    uptimePercentage: numeric('uptime_percentage', { precision: 5, scale: 2 }).notNull(),
    networkDifficulty: numeric('network_difficulty', { precision: 24, scale: 4 }).notNull(),
    recordedAt: moment('recorded_at').notNull().defaultNow(),
  },
  (table) => [
    index('mining_stats_wallet_idx').on(table.walletAddress, table.recordedAt.desc().nullsFirst()),
    check('mining_stats_hashrate_not_negative', sql`${table.hashrate} >= 0`),
    check('mining_stats_gpu_temperature_range', sql`${table.gpuTemperature} BETWEEN -50 AND 200`),
    check('mining_stats_blocks_found_not_negative', sql`${table.blocksFound} >= 0`),
    check('mining_stats_uptime_percentage_range', sql`${table.uptimePercentage} BETWEEN 0 AND 100`),
    check('mining_stats_network_difficulty_not_negative', sql`${table.networkDifficulty} >= 0`),
  ],
);

export const earningsHistory = chaincache.table(
  'earnings_history',
  {
    id: id(),
    walletAddress: wallet(),
    earnings: numeric('earnings', { precision: 28, scale: 8 }).notNull(),
    recordedAt: moment('recorded_at').notNull().defaultNow(),
  },
  (table) => [
    index('earnings_history_wallet_idx').on(table.walletAddress, table.recordedAt.desc().nullsFirst()),
    check('earnings_history_earnings_not_negative', sql`${table.earnings} >= 0`),
  ],
);

export const hashrateHistory = chaincache.table(
  'hashrate_history',
  {
    id: id(),
    walletAddress: wallet(),
    hashrate: numeric('hashrate', { precision: 20, scale: 4 }).notNull(),
    recordedAt: moment('recorded_at').notNull().defaultNow(),
  },
  (table) => [
    index('hashrate_history_wallet_idx').on(table.walletAddress, table.recordedAt.desc().nullsFirst()),
    check('hashrate_history_hashrate_not_negative', sql`${table.hashrate} >= 0`),
  ],
);

/** Wallets of either kind own keys, and need not be users. */
export const apiKeys = chaincache.table(
  'api_keys',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** SHA-256 of the key, in hex; the key itself is nowhere. */
    apiKeyHash: char('api_key_hash', { length: 64 }).notNull().unique('api_keys_hash_unique'),
    walletAddress: text('wallet_address').notNull(),
    name: text('name'),
    scopes: text('scopes')
      .array()
      .notNull()
      .default(sql`'{}'`),
    isActive: boolean('is_active').notNull().default(true),
    lastUsed: moment('last_used'),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('api_keys_wallet_idx').on(table.walletAddress, table.isActive),
    index('api_keys_expiry_idx').on(table.expiresAt),
    check('api_keys_hash_is_sha256', sql`${table.apiKeyHash} ~ '^[0-9a-f]{64}$'`),
  ],
);

export const blockchainEvents = chaincache.table(
  'blockchain_events',
  {
    id: id(),
    eventType: text('event_type').notNull(),
    blockHeight: whole('block_height').notNull(),
    blockHash: text('block_hash'),
    txHash: text('tx_hash'),
    minerAddress: text('miner_address'),
    validatorAddress: text('validator_address'),
    poolId: whole('pool_id'),
    chunkId: whole('chunk_id'),
    gradientHash: text('gradient_hash'),
    gradientIpfsHash: text('gradient_ipfs_hash'),
    amount: numeric('amount', { precision: 20, scale: 8 }),
    eventData: jsonb('event_data'),
    indexedAt: moment('indexed_at').notNull().defaultNow(),
  },
  (table) => [
    index('blockchain_events_type_idx').on(table.eventType, table.blockHeight.desc().nullsFirst()),
    check('blockchain_events_height_not_negative', sql`${table.blockHeight} >= 0`),
  ],
);

export const networkSnapshots = chaincache.table(
  'network_snapshots',
  {
    id: id(),
    blockHeight: whole('block_height').notNull(),
    snapshotDate: date('snapshot_date').notNull(),
    totalMiners: integer('total_miners').notNull(),
    totalValidators: integer('total_validators').notNull(),
    totalStake: numeric('total_stake', { precision: 40, scale: 0 }).notNull(),
    totalGradients: whole('total_gradients').notNull(),
    totalAggregations: whole('total_aggregations').notNull(),
    networkHashrate: numeric('network_hashrate', { precision: 24, scale: 4 }).notNull(),
    snapshotData: jsonb('snapshot_data'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [unique('network_snapshots_moment_unique').on(table.blockHeight, table.snapshotDate)],
);

/** One row: how far the chain has been read. */
export const indexerState = chaincache.table(
  'indexer_state',
  {
    id: integer('id').primaryKey().default(1),
    lastIndexedHeight: whole('last_indexed_height')
      .notNull()
      .default(sql`0`),
    lastIndexedAt: moment('last_indexed_at'),
  },
  (table) => [check('indexer_state_has_one_row', sql`${table.id} = 1`)],
);

/** What was answered to a request that may be sent again. Kept for 24 h. */
export const idempotencyKeys = chaincache.table(
  'idempotency_keys',
  {
    /** Who sent it: keys of different clients never meet. */
    client: text('client').notNull(),
    key: text('key').notNull(),
    /** SHA-256 over what was asked for, in hex. */
    fingerprint: char('fingerprint', { length: 64 }).notNull(),
    /** Null only inside the transaction that does the work. */
    answer: jsonb('answer'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'idempotency_keys_pkey', columns: [table.client, table.key] }),
    index('idempotency_keys_age_idx').on(table.createdAt),
  ],
);

/** Nonces that were signed in with, until they would have expired anyway. */
export const usedNonces = chaincache.table(
  'used_nonces',
  {
    nonce: text('nonce').primaryKey(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('used_nonces_expiry_idx').on(table.expiresAt)],
);

/**
 * Events that other services posted of late, so that none takes effect twice. The table is unlogged: should the server
 * crash it is empty, and then an event that is posted again is harmless.
 */
export const receivedEvents = chaincache.table(
  'received_events',
  {
    /** The first 128 bits of SHA-256 over source and id. */
    digest: uuid('digest').primaryKey(),
    receivedAt: moment('received_at').notNull().defaultNow(),
  },
  (table) => [index('received_events_age_idx').on(table.receivedAt)],
);

/** Which instances raise which alerts, for the webhook that hears of the fleet as a whole. */
export const firingAlerts = chaincache.table(
  'firing_alerts',
  {
    alert: text('alert').notNull(),
    instance: text('instance').notNull(),
    seenAt: moment('seen_at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [primaryKey({ name: 'firing_alerts_pkey', columns: [table.alert, table.instance] })],
);

/** What the webhook has heard, and who is about to tell it something else: see `chaincache.claim_alerts`. */
export const alertDeliveries = chaincache.table(
  'alert_deliveries',
  {
    alert: text('alert').primaryKey(),
    told: text('told').notNull().default('resolved'),
    delivery: uuid('delivery'),
    claimedUntil: moment('claimed_until'),
  },
  (table) => [check('alert_deliveries_told_is_a_state', sql`${table.told} IN ('firing', 'resolved')`)],
);

/** Invalidations, written by triggers in the transaction that makes them due. */
export const cacheOutbox = chaincache.table(
  'cache_outbox',
  {
    id: id(),
    tags: text('tags')
      .array()
      .notNull()
      .default(sql`'{}'`),
    keys: text('keys')
      .array()
      .notNull()
      .default(sql`'{}'`),
    minHeight: whole('min_height'),
    /** xid8 as text: which transaction wrote it, so that this one can apply its own rows right after its commit. */
    transactionId: text('transaction_id')
      .notNull()
      .default(sql`pg_current_xact_id()::text`),
    createdAt: moment('created_at')
      .notNull()
      .default(sql`clock_timestamp()`),
    appliedAt: moment('applied_at'),
  },
  (table) => [
    index('cache_outbox_pending_idx')
      .on(table.id)
      .where(sql`${table.appliedAt} IS NULL`),
    index('cache_outbox_own_idx')
      .on(table.transactionId)
      .where(sql`${table.appliedAt} IS NULL`),
    index('cache_outbox_applied_idx').on(table.appliedAt),
  ],
);
