/**
 * Holds the cache against its promise: several processes with the real library, a real Redis and a real source, while
 * everything around them fails. Ends with one line of JSON; exits with 1 when an invariant was violated.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startPostgres } from '../support/services.js';
import { clusterTopology } from './cluster.topology.js';
import { Fleet } from './fleet.js';
import { checkHistory } from './history.checker.js';
import { readHistory } from './history.record.js';
import { LIBRARY, makeMutant, MUTANTS } from './mutants.js';
import { seededRandom } from './random.js';
import { sentinelTopology } from './sentinel.topology.js';
import { singleTopology } from './single.topology.js';
import { Source } from './source.js';
import { TOPOLOGIES, type Fault, type Topology, type TopologyName } from './topology.js';

const PROCESSES = 5;
const WALLETS = 64;
/** The last of them, which no chance touches. */
const QUIET_WALLETS = 40;
const STALENESS_MS = 1_000;
/** After the last fault: S, the breaker's longest pause and a pass of the relay. */
const SETTLE_MS = 3_000;
/** Pauses between faults, so that each finds a fleet at work. */
const PAUSE_MS = 500;

const { values: args } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    mutant: { type: 'string' },
    topology: { type: 'string' },
    'list-mutants': { type: 'boolean', default: false },
  },
});

if (args['list-mutants']) {
  for (const mutant of MUTANTS) process.stdout.write(`${mutant.name.padEnd(28)} ${mutant.removes}\n`);
} else {
  process.exit(await run());
}

async function run(): Promise<number> {
  const seconds = positive('seconds', args.seconds);
  const seed = positive('seed', args.seed);
  const topologyName = chosenTopology();
  const dir = mkdtempSync(join(tmpdir(), 'chaincache-history-'));
  const historyPath = join(dir, 'history');
  const library = args.mutant === undefined ? LIBRARY : makeMutant(args.mutant);
  const postgres = await startPostgres();
  const source = new Source(postgres.url);
  await source.prepare(WALLETS);
  const topology: Topology = await startTopology(topologyName, () => fleet);
  const fleet: Fleet = new Fleet((index, slot) => ({
    index,
    library,
    redis: topology.optionsOf(slot),
    databaseUrl: postgres.url,
    historyPath,
    wallets: WALLETS,
    quietWallets: QUIET_WALLETS,
    seed,
    stalenessMs: STALENESS_MS,
  }));
  try {
    await fleet.start(PROCESSES);
    const struck = await strike([...topology.faults, ...processFaults(fleet)], seconds, seededRandom(seed));
    await sleep(SETTLE_MS);
    await fleet.rest();
    await sleep(SETTLE_MS);
    const differences = await fleet.differences();
    const pending = await source.pendingCount();
    const committed = await source.readMany(Array.from({ length: WALLETS }, (_none, wallet) => wallet));
    const verdict = checkHistory(readHistory(historyPath), {
      stalenessMs: STALENESS_MS,
      newestCommitted: (wallet) => committed[wallet]!,
    });
    const violations = { ...verdict.violations, rest: differences.length + pending };
    const { unhandledRejections } = fleet;
    const total = Object.values(violations).reduce((sum, count) => sum + count, 0);
    const result = {
      topology: topologyName,
      mutant: args.mutant ?? null,
      seed,
      seconds,
      ...verdict,
      violations,
      unhandledRejections: unhandledRejections.length,
      faults: struck,
      examples: [
        ...verdict.examples,
        ...differences.slice(0, 5),
        ...(pending > 0 ? [`${pending} rows pending in the outbox`] : []),
        ...unhandledRejections.slice(0, 5),
      ],
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return total + verdict.failedReads + unhandledRejections.length > 0 ? 1 : 0;
  } finally {
    await fleet.stop();
    await source.close();
    await topology.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A mutant says where it matters; else one Redis. */
function chosenTopology(): TopologyName {
  const chosen = args.topology ?? MUTANTS.find((mutant) => mutant.name === args.mutant)?.topology ?? 'single';
  const topology = TOPOLOGIES.find((name) => name === chosen);
  if (topology === undefined) throw new Error(`--topology is "${chosen}", it must be one of ${TOPOLOGIES.join(', ')}`);
  return topology;
}

function startTopology(name: TopologyName, fleet: () => Fleet): Promise<Topology> {
  const quiet = Array.from({ length: QUIET_WALLETS }, (_none, index) => WALLETS - QUIET_WALLETS + index);
  if (name === 'single') return singleTopology({ slots: PROCESSES, fleet, quiet, stalenessMs: STALENESS_MS });
  return name === 'sentinel' ? sentinelTopology() : clusterTopology();
}

function processFaults(fleet: Fleet): Fault[] {
  return [
    { name: 'writer-killed-after-commit', strike: () => fleet.killAfterCommit(2) },
    {
      name: 'reader-paused',
      strike: async () => {
        fleet.signal(3, 'SIGSTOP');
        await sleep(1_500);
        fleet.signal(3, 'SIGCONT');
      },
    },
  ];
}

/** One fault after the other, in an order that the seed decides, each at least once, until the time is over. */
async function strike(
  faults: readonly Fault[],
  seconds: number,
  random: () => number,
): Promise<Record<string, number>> {
  const struck: Record<string, number> = Object.fromEntries(faults.map((fault) => [fault.name, 0]));
  const endMs = performance.now() + seconds * 1_000;
  for (let round = 0; round === 0 || performance.now() < endMs; round += 1) {
    const order = faults.map((fault) => ({ fault, place: random() })).sort((one, other) => one.place - other.place);
    for (const { fault } of order) {
      if (round > 0 && performance.now() >= endMs) break;
      await sleep(PAUSE_MS * (0.5 + random()));
      await fault.strike();
      struck[fault.name]! += 1;
    }
  }
  return struck;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} is "${text}", it must be a number above 0`);
  return value;
}
