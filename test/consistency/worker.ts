/** One process of the fleet: reads and writes until it is told to rest, and notes everything in its part of the history. */
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as Library from '@chaincache/cache';
import type * as RedisLibrary from '@chaincache/cache/redis';
import { HistoryWriter, monotonicMs } from './history.record.js';
import { seededRandom } from './random.js';
import { Source } from './source.js';

/** What the checker starts a process with. */
export interface WorkerOptions {
  readonly index: number;
  /** Where the compiled library lies: the real one, or one with a mechanism taken out. */
  readonly library: string;
  readonly redis: RedisLibrary.RedisTierOptions;
  readonly databaseUrl: string;
  readonly historyPath: string;
  readonly wallets: number;
  readonly seed: number;
  readonly stalenessMs: number;
}

export type WorkerCommand = 'rest' | 'die-after-commit' | 'compare' | 'stop';
export type WorkerReport =
  | { readonly kind: 'ready' | 'resting' }
  | { readonly kind: 'compared'; readonly differences: readonly string[] }
  | { readonly kind: 'unhandled'; readonly message: string };

interface Versioned {
  readonly wallet: number;
  readonly version: number;
}

const READERS = 6;
const WRITERS = 1;
const MAX_SOURCE_DELAY_MS = 25;

const options = JSON.parse(process.argv[2]!) as WorkerOptions;
const { createCache, Catalog, defineEntry } = (await import(`${options.library}/dist/src/index.js`)) as typeof Library;
const { redisTier } = (await import(`${options.library}/dist/src/redis/index.js`)) as typeof RedisLibrary;

const report = (message: WorkerReport): void => void process.send?.(message);
process.on('unhandledRejection', (reason) => report({ kind: 'unhandled', message: String(reason) }));
process.on('disconnect', () => process.exit(0));

const random = seededRandom(options.seed + options.index);
const history = new HistoryWriter(openSync(options.historyPath, 'a'), options.index);
const flusher = setInterval(() => history.flush(), 50);
const source = new Source(options.databaseUrl);
const tier = redisTier(options.redis);
const balances = defineEntry<Versioned>()('balances', 'tokens:{wallet}', {
  fresh: '20s',
  staleness: options.stalenessMs,
  tags: ['wallet:{wallet}'],
});
const cache = createCache({
  catalog: new Catalog([balances]),
  store: tier.store,
  bus: tier.bus,
  outbox: source.outbox(),
});
cache.events.add({
  invalidationReceived: (tags) => {
    for (const tag of tags) {
      const [name, wallet, version] = tag.split(':');
      if (name === 'version') history.add('told', Number(wallet), Number(version), monotonicMs(), monotonicMs());
    }
  },
  flushed: () => history.add('gap', 0, 0, monotonicMs(), monotonicMs()),
});
await cache.start();

const state = { running: true };
let dieAfterCommit = false;
const refOf = (wallet: number) => balances.ref({ wallet: String(wallet) });
/** A few wallets get most of the traffic, as in life. */
const pickWallet = (): number => Math.floor(options.wallets * random() ** 3);

async function load(wallets: readonly number[]): Promise<Versioned[]> {
  // A source takes its time before and after it looks: both gaps are where stale values come from.
  await sleep(random() * MAX_SOURCE_DELAY_MS);
  const versions = await source.readMany(wallets);
  await sleep(random() * MAX_SOURCE_DELAY_MS);
  return versions.map((version, at) => ({ wallet: wallets[at]!, version }));
}

async function read(): Promise<void> {
  const wallets = random() < 0.1 ? [pickWallet(), pickWallet(), pickWallet()] : [pickWallet()];
  const beganMs = monotonicMs();
  try {
    const results = await cache.manager.getOrSetMany(
      wallets.map(refOf),
      (missing) => load(missing.map((ref) => Number(ref.key.split(':').at(-1)))),
      { mode: random() < 0.35 ? 'L2' : 'normal' },
    );
    const endedMs = monotonicMs();
    for (const [at, { value, tier: from }] of results.entries()) {
      history.add(from, wallets[at]!, value.wallet === wallets[at] ? value.version : -1, beganMs, endedMs);
    }
  } catch (error) {
    history.add('failed', wallets[0]!, 0, beganMs, monotonicMs());
    process.stderr.write(`read failed: ${String(error)}\n`);
  }
}

async function write(): Promise<void> {
  const wallet = pickWallet();
  const byKey = random() < 0.3;
  const beganMs = monotonicMs();
  const messageOf = (version: number) =>
    byKey
      ? { tags: [], keys: [refOf(wallet).key] }
      : { tags: [`wallet:${wallet}`, `version:${wallet}:${version}`], keys: [] };
  const commit = random() > 0.05;
  const { version, rowId } = await source.raise(wallet, messageOf, commit);
  if (!commit) return;
  if (dieAfterCommit) {
    history.flush();
    process.kill(process.pid, 'SIGKILL');
  }
  const message = messageOf(version);
  const outcome = byKey
    ? await cache.invalidator.invalidateKeys([refOf(wallet)])
    : await cache.invalidator.invalidateByTags(message.tags);
  const endedMs = monotonicMs();
  history.add(outcome.status === 'applied' ? 'acknowledged' : 'queued', wallet, version, beganMs, endedMs);
  if (outcome.status === 'applied') await source.outbox().markApplied([rowId]);
}

async function loop(step: () => Promise<void>, pauseMs: number): Promise<void> {
  while (state.running) {
    await step();
    await sleep(random() * pauseMs);
  }
}

/** At rest, every way to read gives what the source has. */
async function compare(): Promise<string[]> {
  const differences: string[] = [];
  for (let wallet = 0; wallet < options.wallets; wallet += 1) {
    const version = await source.read(wallet);
    for (const mode of ['normal', 'L2'] as const) {
      const { value, tier: from } = await cache.manager.getOrSetResult(
        refOf(wallet),
        async () => (await load([wallet]))[0],
        { mode },
      );
      if (value.version !== version)
        differences.push(`${from}: wallet ${wallet} is ${value.version}, the source has ${version}`);
    }
  }
  return differences;
}

const loops = [
  ...Array.from({ length: READERS }, () => loop(read, 6)),
  ...Array.from({ length: WRITERS }, () => loop(write, 60)),
];

process.on('message', (command: WorkerCommand) => {
  void obey(command);
});

async function obey(command: WorkerCommand): Promise<void> {
  if (command === 'die-after-commit') dieAfterCommit = true;
  if (command === 'rest') {
    state.running = false;
    await Promise.all(loops);
    history.flush();
    report({ kind: 'resting' });
  }
  if (command === 'compare') report({ kind: 'compared', differences: await compare() });
  if (command === 'stop') {
    clearInterval(flusher);
    await cache.close();
    await source.close();
    process.disconnect();
  }
}

report({ kind: 'ready' });
