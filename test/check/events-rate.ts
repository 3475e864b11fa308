/**
 * How many events a second one instance takes in batches of 1 000, each of a wallet out of 5 000, and that afterwards
 * nothing is left in the outbox. For a quiet machine. Ends with one line of JSON; exits with 1 when it is fewer than
 * 10 000.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres, startRedis } from '../support/services.js';
import { startApiProcess } from './api.process.js';
import { freshWallet, usesRedis } from './propagation.run.js';

const WANTED_PER_SECOND = 10_000;
const BATCH = 1_000;
const WALLETS = 5_000;
const WARM_UP_BATCHES = 5;
const LOOK_EVERY_MS = 5;
const LONGEST_PENDING_MS = 60_000;
const TYPES = ['credits.changed', 'user.updated', 'miner.stats-updated', 'user.logged-in', 'miner.registered'];

const { values: args } = parseArgs({
  options: { batches: { type: 'string', default: '60' }, 'in-flight': { type: 'string', default: '4' } },
});

const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
const api = await startApiProcess({ databaseUrl: postgres.url, redisUrl: redis.url });
const database = new pg.Client(postgres.url);
try {
  await database.connect();
  await usesRedis(api);
  const wallets = Array.from({ length: WALLETS }, freshWallet);
  await sendAll(Array.from({ length: WARM_UP_BATCHES }, () => batchOf(wallets)));
  const batches = Array.from({ length: Number(args.batches) }, () => batchOf(wallets));
  const startedAt = performance.now();
  const accepted = await sendAll(batches);
  const seconds = (performance.now() - startedAt) / 1_000;
  const pendingMs = await untilApplied(startedAt + seconds * 1_000);
  const perSecond = Math.round(accepted / seconds);
  const report = { check: 'events-rate', accepted, perSecond, inFlight: Number(args['in-flight']), pendingMs };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (accepted !== batches.length * BATCH || perSecond < WANTED_PER_SECOND) process.exitCode = 1;
} finally {
  await api.stop();
  await database.end();
  await Promise.all([postgres.stop(), redis.stop()]);
}

function batchOf(wallets: readonly string[]): string {
  const events = Array.from({ length: BATCH }, (_none, index) => ({
    specversion: '1.0',
    id: randomUUID(),
    source: '/check',
    type: TYPES[index % TYPES.length],
    time: new Date().toISOString(),
    data: { wallet: wallets[Math.floor(Math.random() * wallets.length)] },
  }));
  return JSON.stringify(events);
}

/** @returns how many were accepted */
async function sendAll(batches: readonly string[]): Promise<number> {
  const queue = [...batches];
  const senders = Array.from({ length: Number(args['in-flight']) }, async () => {
    let accepted = 0;
    for (let batch = queue.pop(); batch !== undefined; batch = queue.pop()) accepted += await api.sendEvents(batch);
    return accepted;
  });
  return (await Promise.all(senders)).reduce((sum, count) => sum + count, 0);
}

/** @returns after how many ms nothing was pending */
async function untilApplied(since: number): Promise<number> {
  for (;;) {
    const { rowCount } = await database.query('SELECT 1 FROM chaincache.cache_outbox WHERE applied_at IS NULL LIMIT 1');
    const pendingMs = Math.round(performance.now() - since);
    if (rowCount === 0) return pendingMs;
    if (pendingMs > LONGEST_PENDING_MS) throw new Error(`rows wait in the outbox after ${pendingMs} ms`);
    await sleep(LOOK_EVERY_MS);
  }
}
