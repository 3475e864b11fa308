/**
 * Four races, run on this cache and on its peers: `npm run bench:races`. Prints a table. Installs the peers on first use;
 * with names as arguments it runs only those.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startRedis, tcpProxy } from '../../tools/test-services.mjs';
import { startWorker } from '../check/workers.mjs';
import { installPeers } from './installed.mjs';
import { peers } from './peers.mjs';

const WORKER = new URL('./races.worker.mjs', import.meta.url);

const FILLS = 20;
const CUT_KEYS = 50;
const CUT_FOR_MS = 5_000;
const PROCESSES = 4;
/** Within it everything has been written and told that will be. */
const SETTLE_MS = 300;
const LOAD_MS = 300;
const HUNG_LIMIT_MS = 12_000;
const ENDS = 'the process ends';
const FOREVER_MS = 1_000_000_000;

installPeers();

/** A Redis, a source, and processes that use them. */
class Arena {
  #workers = [];

  constructor(peer, redis, source) {
    this.peer = peer;
    this.redis = redis;
    this.source = source;
  }

  async join(redisUrl = this.redis.url) {
    const options = { peer: this.peer, redisUrl, sourceUrl: this.source.url };
    const worker = await startWorker(WORKER, options, { quiet: true });
    this.#workers.push(worker);
    return worker;
  }

  async open(redisUrl) {
    const worker = await this.join(redisUrl);
    await worker.ask('open');
    const { hasTags } = peers[this.peer];
    // Some connect when they are first used.
    await worker.ask('read', { key: `first-of:${this.#workers.length}`, tag: hasTags ? 'first' : undefined });
    await sleep(SETTLE_MS);
    return Object.assign(worker, { hasTags });
  }

  write(key, value) {
    return redisCommand(this.source, 'SET', `value:${key}`, value);
  }

  async loads(key) {
    return Number(await redisCommand(this.source, 'GET', `loads:${key}`));
  }

  async leave() {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await Promise.all([this.redis.stop(), this.source.stop()]);
  }
}

const keysOf = (name, count) => Array.from({ length: count }, (_none, index) => `${name}:${index}`);

/** A fill is under way in one process while another invalidates what it will write. What does a third one get? */
async function fillWhileInvalidated(arena, by) {
  const [filling, invalidating, later] = [await arena.open(), await arena.open(), await arena.open()];
  if (by === 'tag' && !filling.hasTags) return 'no tags';
  const stale = await Promise.all(
    keysOf(`fill-${by}`, FILLS).map(async (key) => {
      const tag = by === 'tag' ? `tag-of-${key}` : undefined;
      await arena.write(key, 'old');
      const fill = filling.ask('read', { key, tag, answersAfterMs: LOAD_MS });
      while ((await arena.loads(key)) === 0) await sleep(5);
      await arena.write(key, 'new');
      await (by === 'tag' ? invalidating.ask('invalidateTag', { tag }) : invalidating.ask('invalidateKey', { key }));
      await fill;
      await sleep(SETTLE_MS);
      return (await later.ask('read', { key, tag })).value === 'old';
    }),
  );
  return `${stale.filter(Boolean).length} of ${FILLS}`;
}

/** What one process holds in memory is invalidated by another one, and the message is lost on its way. */
async function subscriberCut(arena) {
  const proxy = await tcpProxy({ target: arena.redis.url });
  const [cut, invalidating] = [await arena.open(proxy.url), await arena.open()];
  const keys = keysOf('cut', CUT_KEYS);
  for (const key of keys) await arena.write(key, 'old');
  await Promise.all(keys.map((key) => cut.ask('read', { key })));
  await sleep(SETTLE_MS);
  proxy.delay(FOREVER_MS, { after: 'subscribe' });
  for (const key of keys) await arena.write(key, 'new');
  await Promise.all(keys.map((key) => invalidating.ask('invalidateKey', { key })));
  await sleep(CUT_FOR_MS);
  const answers = await Promise.all(keys.map((key) => cut.ask('read', { key })));
  await proxy.close();
  return `${answers.filter(({ value }) => value === 'old').length} of ${CUT_KEYS}`;
}

async function coldKey(arena) {
  const workers = await Promise.all(Array.from({ length: PROCESSES }, () => arena.open()));
  await arena.write('cold', 'value');
  await Promise.all(workers.map((worker) => worker.ask('read', { key: 'cold', answersAfterMs: LOAD_MS })));
  return String(await arena.loads('cold'));
}

async function redisHung(arena) {
  const worker = await arena.open();
  await arena.write('hung', 'value');
  await worker.ask('read', { key: 'before' });
  arena.redis.signal('SIGSTOP');
  const outcome = await outcomeOf(worker.ask('read', { key: 'hung', answersAfterMs: 20 }));
  arena.redis.signal('SIGCONT');
  return outcome;
}

async function redisAbsent(arena) {
  arena.redis.signal('SIGKILL');
  const worker = await arena.join();
  const opened = await outcomeOf(worker.ask('open').then(() => ({ waitedMs: 0 })));
  if (opened !== '0 ms') return opened;
  const outcome = await outcomeOf(worker.ask('read', { key: 'absent', answersAfterMs: 20 }));
  await sleep(SETTLE_MS);
  return worker.running || outcome === ENDS ? outcome : `${outcome}, then ${ENDS}`;
}

/** How long a read took, or what happened instead. */
async function outcomeOf(reading) {
  const limit = sleep(HUNG_LIMIT_MS, `hangs for more than ${HUNG_LIMIT_MS / 1_000} s`, { ref: false });
  const answered = reading.then(
    ({ waitedMs }) => `${Math.round(waitedMs)} ms`,
    (error) => (error.message.startsWith('the process') ? ENDS : `fails: ${firstLine(error)}`),
  );
  return Promise.race([answered, limit]);
}

const firstLine = (error) => error.message.split('\n')[0].replace(/^(Error: )+/, '');

const races = {
  'stale after a fill while its key is invalidated': (arena) => fillWhileInvalidated(arena, 'key'),
  '… its tag is invalidated': (arena) => fillWhileInvalidated(arena, 'tag'),
  [`stale in L1, ${CUT_FOR_MS / 1_000} s after the subscriber was cut`]: subscriberCut,
  [`source calls of ${PROCESSES} processes for one cold key`]: coldKey,
  'a read while Redis hangs (20 ms source)': redisHung,
  'a read with Redis absent at boot': redisAbsent,
};

async function run(peer, race) {
  const arena = new Arena(peer, await startRedis(), await startRedis());
  try {
    return await race(arena);
  } catch (error) {
    return `failed: ${firstLine(error)}`;
  } finally {
    await arena.leave();
  }
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(peers);
const row = (cells) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
row(['', ...wanted]);
row(['---', ...wanted.map(() => '---')]);
for (const [name, race] of Object.entries(races)) {
  const cells = [];
  for (const peer of wanted) cells.push(await run(peer, race));
  row([name, ...cells]);
}
