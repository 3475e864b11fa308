/**
 * How long a change made through one instance takes to be right on another, and that it is within S with the bus cut.
 * For a quiet machine. Ends with one line of JSON; exits with 1 when a limit was missed.
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres, startRedis, tcpProxy } from '../support/services.js';
import { type ApiProcess, startApiProcess } from './api.process.js';
import { figuresOf } from './figures.js';
import { freshWallet, isWarm, propagate, timeUntilShown, usesRedis } from './propagation.run.js';

/** A read sent later than this after the writer's answer is right. `busAnswered` has the read's own time on top. */
const BUS_P99_MS = 5;
/** S of credits, a second, and the read itself. */
const WITHOUT_BUS_MS = 1_100;
const PSQL_MS = 1_000;
const WALLETS = 20;
const WARM_UP = 50;
const NEVER_MS = 60_000;

const { values: args } = parseArgs({
  options: { changes: { type: 'string', default: '1000' }, cut: { type: 'string', default: '30' } },
});

const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
const toRedis = await tcpProxy({ target: redis.url });
const instances: ApiProcess[] = [];
const psql = new pg.Client(postgres.url);
try {
  const writer = await startApiProcess({ databaseUrl: postgres.url, redisUrl: redis.url });
  instances.push(writer);
  const reader = await startApiProcess({ databaseUrl: postgres.url, redisUrl: toRedis.url });
  instances.push(reader);
  await psql.connect();
  await Promise.all(instances.map(usesRedis));
  const wallets = Array.from({ length: WALLETS }, freshWallet);
  for (const wallet of wallets) await writer.register(wallet);

  const measure = async (count: number): Promise<{ sent: number[]; answered: number[] }> => {
    const [sent, answered]: [number[], number[]] = [[], []];
    for (let index = 0; index < count; index += 1) {
      const { sentMs, answeredMs } = await propagate(writer, reader, wallets[index % WALLETS]!);
      sent.push(sentMs);
      answered.push(answeredMs);
    }
    return { sent, answered };
  };
  await measure(WARM_UP);
  const withBus = await measure(Number(args.changes));
  const typed = await typedIntoPsql(wallets);
  // Nothing that Redis publishes reaches the reader any more; it reads and writes as before.
  toRedis.delay(NEVER_MS, { after: 'subscribe' });
  const withoutBus = await measure(Number(args.cut));

  const report = {
    bus: figuresOf(withBus.sent),
    busAnswered: figuresOf(withBus.answered),
    busCut: figuresOf(withoutBus.answered),
    psql: figuresOf(typed),
  };
  process.stdout.write(`${JSON.stringify({ check: 'propagation', changes: Number(args.changes), ...report })}\n`);
  const kept = report.bus.p99Ms <= BUS_P99_MS && report.busCut.maxMs <= WITHOUT_BUS_MS && report.psql.maxMs <= PSQL_MS;
  if (!kept) process.exitCode = 1;
} finally {
  await Promise.all(instances.map((instance) => instance.stop()));
  await psql.end();
  await toRedis.close();
  await Promise.all([postgres.stop(), redis.stop()]);
}

async function typedIntoPsql(wallets: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const wallet of wallets) {
    await Promise.all(instances.map((instance) => isWarm(instance, wallet)));
    await psql.query('UPDATE chaincache.users SET credits = 1000000 WHERE wallet_address = $1', [wallet]);
    const shown = await Promise.all(instances.map((instance) => timeUntilShown(instance, wallet, '1000000')));
    times.push(...shown.map(({ answeredMs }) => answeredMs));
  }
  return times;
}
