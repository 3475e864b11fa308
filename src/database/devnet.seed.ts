import { createHash } from 'node:crypto';
import { bech32 } from '@scure/base';
import pg from 'pg';
import { connectionOptions } from './database.pool.js';

const USERS = 1_000;
const MINERS = 300;
const DAYS = 90;
const ADDRESS_BYTES = 20;

/**
 * Fills an empty database with what a developer wants to see: users, miners, and their history up to today. The same
 * wallets and figures everywhere; the first miners are those that mine the local chain's blocks. Does nothing where there
 * is a user. Takes about a second.
 */
export async function seedDevnet(url: string): Promise<void> {
  const client = new pg.Client(connectionOptions(url));
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('LOCK TABLE chaincache.users IN SHARE ROW EXCLUSIVE MODE');
    const { rowCount } = await client.query('SELECT 1 FROM chaincache.users LIMIT 1');
    if (rowCount === 0) {
      // Triggers and foreign keys would cost more than the rows: nothing here can be wrong, and one row says it all.
      await client.query('SET LOCAL session_replication_role = replica');
      await client.query(`INSERT INTO chaincache.cache_outbox (tags) VALUES ('{*}')`);
      await client.query(SEED_USERS, [wallets(), MINERS]);
      for (const statement of [SEED_STATS, SEED_EARNINGS, SEED_HASHRATES]) await client.query(statement, [DAYS]);
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

function wallets(): string[] {
  return Array.from({ length: USERS }, (_, index) =>
    index < MINERS ? devnetWallet(`miner/${index + 1}`) : devnetWallet(`user/${index + 1 - MINERS}`),
  );
}

/** The local chain's wallet of that name: an address that nobody has the key of. */
export function devnetWallet(name: string): string {
  const bytes = createHash('sha256').update(`chaincache-devnet/${name}`).digest().subarray(0, ADDRESS_BYTES);
  return bech32.encode('remes', bech32.toWords(bytes));
}

/**
 * A number in [0, 1) that depends on nothing but its text: 28 bits of MD5, which is quick and even enough for a picture.
 * `setseed` and `random` would depend on the order in which rows are visited.
 */
const chance = (text: string): string => `(('x' || left(md5(${text}), 7))::bit(28)::int::float8 / 268435456)`;

const SEED_USERS = `
  INSERT INTO chaincache.users (wallet_address, credits, is_miner, last_mining_time, created_at)
  SELECT wallet, floor(${chance(`wallet || 'credits'`)} ^ 3 * 50000)::bigint, ordinal <= $2,
    CASE WHEN ordinal <= $2 THEN now() - ${chance(`wallet || 'last'`)} * interval '36 hours' END,
    now() - interval '91 days' - ${chance(`wallet || 'age'`)} * interval '300 days'
  FROM unnest($1::text[]) WITH ORDINALITY AS given (wallet, ordinal)`;

/** A miner's strength is its own; days differ by a tenth, weekends are a little weaker. */
const strength = `(20 + 180 * ${chance(`wallet_address || 'strength'`)} ^ 2)`;
const dayFactor = `(0.9 + 0.2 * ${chance(`wallet_address || day`)} - 0.05 * (extract(isodow FROM at) > 5)::int)`;
const minersByDay = `
  FROM chaincache.users
  CROSS JOIN generate_series(0, $1::int - 1) AS day
  CROSS JOIN LATERAL (SELECT last_mining_time - day * interval '1 day' AS at) AS moment
  WHERE is_miner ORDER BY day DESC`;

const SEED_STATS = `
  INSERT INTO chaincache.mining_stats
    (wallet_address, hashrate, gpu_temperature, blocks_found, uptime_percentage, network_difficulty, recorded_at)
  SELECT wallet_address, ${strength} * ${dayFactor}, 55 + 25 * ${chance(`day || wallet_address`)},
    floor((90 - day) * ${strength} / 100), 92 + 8 * ${chance(`wallet_address || 'up' || day`)}, 1000000 + (90 - day) * 2500, at
  ${minersByDay}`;

const SEED_EARNINGS = `
  INSERT INTO chaincache.earnings_history (wallet_address, earnings, recorded_at)
  SELECT wallet_address, ${strength} * ${dayFactor} / 16, at ${minersByDay}`;

const SEED_HASHRATES = `
  INSERT INTO chaincache.hashrate_history (wallet_address, hashrate, recorded_at)
  SELECT wallet_address, ${strength} * ${dayFactor}, at ${minersByDay}`;
