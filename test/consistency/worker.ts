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
  /** The last of the wallets, which only errands touch. */
  readonly quietWallets: number;
  readonly seed: number;
  readonly stalenessMs: number;
}

/** Something to do at once, beside the usual traffic: what chance brings too rarely. */
export interface Errand {
  readonly what: 'read' | 'write' | 'keep-reading';
  readonly wallets: readonly number[];
  readonly mode?: 'normal' | 'L2';
  /** The wallets' turns are spread over this time. */
  readonly spreadMs?: number;
  /** How long to keep reading. */
  readonly durationMs?: number;
}

export type WorkerCommand = 'rest' | 'die-after-commit' | 'compare' | 'stop' | Errand;
export type WorkerReport =
  | { readonly kind: 'ready' | 'resting' | 'done' }
  | { readonly kind: 'compared'; readonly differences: readonly string[] }
  | { readonly kind: 'unhandled'; readonly message: string };

interface Versioned {
  readonly wallet: number;
  readonly version: number;
}

const READERS = 6;
const WRITERS = 1;
const MAX_DELAY_BEFORE_MS = 8;
const MAX_DELAY_AFTER_MS = 60;
const GROUPS = 4;

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
const balances = defineEntry<Versioned>()('balances', 'tokens:{group}:{wallet}', {
  fresh: '20s',
  staleness: options.stalenessMs,
  // Several wallets share a group: its version may be minted again by another wallet's load.
  tags: ['wallet:{wallet}', 'group:{group}'],
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
const busyWallets = options.wallets - options.quietWallets;
const groupOf = (wallet: number): string => String(wallet < busyWallets ? wallet % GROUPS : wallet);
const refOf = (wallet: number) => balances.ref({ wallet: String(wallet), group: groupOf(wallet) });
/** A few wallets get most of the traffic, as in life. */
const pickWallet = (): number => Math.floor(busyWallets * random() ** 3);

async function load(wallets: readonly number[]): Promise<Versioned[]> {
  // A source takes its time before and after it looks: both gaps are where stale values come from.
  await sleep(random() * MAX_DELAY_BEFORE_MS);
  const versions = await source.readMany(wallets);
  await sleep(random() * MAX_DELAY_AFTER_MS);
  return versions.map((version, at) => ({ wallet: wallets[at]!, version }));
}

function readSome(): Promise<void> {
  const wallets = random() < 0.1 ? [pickWallet(), pickWallet(), pickWallet()] : [pickWallet()];
  return read(wallets, random() < 0.45 ? 'L2' : 'normal');
}

async function read(wallets: readonly number[], mode: 'normal' | 'L2'): Promise<void> {
  const beganMs = monotonicMs();
  try {
    const results = await cache.manager.getOrSetMany(
      wallets.map(refOf),
      (missing) => load(missing.map((ref) => Number(ref.key.split(':').at(-1)))),
      { mode },
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

async function write(wallet: number): Promise<void> {
  const by = random();
  const byKey = by < 0.35;
  const tag = by < 0.55 ? `group:${groupOf(wallet)}` : `wallet:${wallet}`;
  const beganMs = monotonicMs();
  const messageOf = (version: number) =>
    byKey ? { tags: [], keys: [refOf(wallet).key] } : { tags: [tag, `version:${wallet}:${version}`], keys: [] };
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

async function run({ what, wallets, mode = 'normal', spreadMs = 0, durationMs = 0 }: Errand): Promise<void> {
  await Promise.all(
    wallets.map(async (wallet, index) => {
      await sleep((spreadMs * index) / wallets.length);
      if (what === 'write') return write(wallet);
      const endMs = monotonicMs() + durationMs;
      do {
        await read([wallet], mode);
        if (what === 'keep-reading') await sleep(2);
      } while (monotonicMs() < endMs);
    }),
  );
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
  ...Array.from({ length: READERS }, () => loop(readSome, 6)),
  ...Array.from({ length: WRITERS }, () => loop(() => write(pickWallet()), 60)),
];

process.on('message', (command: WorkerCommand) => {
  void obey(command);
});

async function obey(command: WorkerCommand): Promise<void> {
  if (typeof command === 'object') {
    await run(command);
    report({ kind: 'done' });
  }
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
