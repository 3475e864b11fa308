import { setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { seededRandom } from '../consistency/random.js';
import { type ApiProcess, startApiProcess } from './api.process.js';
import { type Death, startCommittingProcess } from './committing.process.js';
import { type Figures, figuresOf } from './figures.js';
import { freshWallet, isWarm, usesRedis } from './propagation.run.js';

/** Within this time of the commit both survivors are to show it. */
const PROMISE_MS = 1_000;
/** Who has not seen it after this time never will: what is cached lives for minutes, and S of credits is 1 s. */
const PATIENCE_MS = 5_000;
/** How far into the invalidation a process may come, in turns of its event loop. */
const MAX_TURNS = 12;

export interface CommitKillsOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly kills: number;
  /** Processes killed at once, each after a commit for a wallet of its own. */
  readonly batch: number;
  readonly seed: number;
}

export interface CommitKillsReport extends Figures {
  readonly kills: number;
  /** Changes that a survivor never showed. */
  readonly lost: number;
  /** Changes that a survivor showed later than it promises. */
  readonly late: number;
  /** Invalidations that nobody has applied at the end. */
  readonly pending: number;
}

/**
 * Kills processes right after their commits, while two instances that survive have the old values in both tiers.
 * @param prepared called before the first kill, when tables and users are there
 */
export async function runCommitKills(
  options: CommitKillsOptions,
  prepared: (database: pg.Client) => Promise<unknown> = () => Promise.resolve(),
): Promise<CommitKillsReport> {
  const survivors: ApiProcess[] = [];
  const database = new pg.Client(options.databaseUrl);
  await database.connect();
  try {
    for (let count = 0; count < 2; count += 1) survivors.push(await startApiProcess(options));
    await Promise.all(survivors.map(usesRedis));
    const wallets = Array.from({ length: options.batch }, freshWallet);
    for (const wallet of wallets) await survivors[0]!.register(wallet);
    await prepared(database);
    const delays = await killAll(options, survivors, wallets);
    const shown = delays.filter((delayMs) => delayMs !== Infinity);
    return {
      kills: options.kills,
      lost: delays.length - shown.length,
      late: shown.filter((delayMs) => delayMs > PROMISE_MS).length,
      pending: await pendingAfter(database, PATIENCE_MS),
      ...figuresOf(shown),
    };
  } finally {
    await Promise.all(survivors.map((survivor) => survivor.stop()));
    await database.end();
  }
}

/** @returns for each kill and survivor the time from the commit to the answer that shows it; Infinity: never */
async function killAll(
  { databaseUrl, redisUrl, kills, seed }: CommitKillsOptions,
  survivors: readonly ApiProcess[],
  wallets: readonly string[],
): Promise<number[]> {
  const random = seededRandom(seed);
  const delays: number[] = [];
  const credits = new Map(wallets.map((wallet) => [wallet, 0]));
  for (let killed = 0; killed < kills; killed += wallets.length) {
    const dying = wallets.slice(0, kills - killed);
    const processes = await Promise.all(dying.map(() => startCommittingProcess({ databaseUrl, redisUrl })));
    await Promise.all(survivors.flatMap((survivor) => dying.map((wallet) => isWarm(survivor, wallet))));
    const rounds = dying.map(async (wallet, index) => {
      const committedAt = await processes[index]!.commitAndDie(wallet, deathBy(random));
      const expected = credits.get(wallet)! + 1;
      credits.set(wallet, expected);
      return Promise.all(survivors.map((survivor) => delayUntil(survivor, wallet, String(expected), committedAt)));
    });
    delays.push(...(await Promise.all(rounds)).flat());
  }
  return delays;
}

function deathBy(random: () => number): Death {
  return { moment: random() < 0.5 ? 'before' : 'during', turns: Math.floor(random() * MAX_TURNS) };
}

async function delayUntil(api: ApiProcess, wallet: string, expected: string, committedAt: number): Promise<number> {
  for (;;) {
    const { credits } = await api.credits(wallet);
    const delayMs = Date.now() - committedAt;
    if (credits === expected) return delayMs;
    if (delayMs > PATIENCE_MS) return Infinity;
  }
}

async function pendingAfter(database: pg.Client, patienceMs: number): Promise<number> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { rowCount } = await database.query('SELECT 1 FROM chaincache.cache_outbox WHERE applied_at IS NULL');
    if (rowCount === 0 || Date.now() > deadline) return rowCount ?? 0;
    await turn();
  }
}
