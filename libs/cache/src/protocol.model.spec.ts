import fc from 'fast-check';
import { ProtocolWorld, type Command } from '../testing/protocol.world.js';

/** Interleavings tried; `PROTOCOL_RUNS` asks for more. */
const RUNS = Number(process.env['PROTOCOL_RUNS'] ?? 20_000);

const wallet = fc.constantFrom('a', 'a', 'a', 'b');

/** What the client of one process does. */
const clientOf = (index: number): fc.Arbitrary<Command[]> => {
  const process = fc.constant(index);
  const command: fc.Arbitrary<Command> = fc.oneof(
    { weight: 10, arbitrary: fc.record({ kind: fc.constant('read' as const), process, wallet }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('read-many' as const), process }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('read-fresh' as const), process, wallet }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        process,
        wallet,
        by: fc.constantFrom('tag' as const, 'key' as const, 'prefix' as const),
      }),
    },
  );
  return fc.array(command, { minLength: 1, maxLength: 6 });
};

/** What goes wrong meanwhile. */
const faults: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('pass-time' as const),
        durationMs: fc.constantFrom(100, 900, 1_000, 2_100),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('flush-store' as const, 'restart-store' as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('snapshot' as const, 'lossy-failover' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('evict-version' as const), wallet }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('lose-message' as const, 'fail-load' as const, 'lose-reply' as const),
        process: fc.nat({ max: 2 }),
      }),
    },
  ),
  { maxLength: 5 },
);

/** A replica that had seen everything up to some moment takes over: rare enough by chance to be asked for. */
const failover = fc.constant<Command[]>([{ kind: 'snapshot' }, { kind: 'lossy-failover' }]);
const nemesis = fc.oneof({ weight: 3, arbitrary: faults }, { weight: 1, arbitrary: failover });

describe('the protocol, in any order of its steps', () => {
  it('serves nothing that was read before an acknowledged invalidation', async () => {
    let reads = 0;
    let l2Hits = 0;
    let l1Hits = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.tuple(clientOf(0), clientOf(0), clientOf(1), clientOf(2), nemesis),
        async (scheduler, clients) => {
          const world = new ProtocolWorld((label) => scheduler.schedule(Promise.resolve(), label));
          for (const [client, commands] of clients.entries())
            for (const command of commands) world.queue(client, command);
          await world.run(() => scheduler.waitIdle());
          reads += world.reads;
          l2Hits += world.tiers.L2;
          l1Hits += world.tiers.L1;
          expect(world.violations).toEqual([]);
          expect(world.unfinished).toEqual([]);
        },
      ),
      // Shrinking an interleaving of steps takes longer than reading it.
      { numRuns: RUNS, endOnFailure: true },
    );
    // A model that never hits proves nothing.
    expect(l2Hits).toBeGreaterThan(reads / 100);
    expect(l1Hits).toBeGreaterThan(reads / 100);
  }, 600_000);
});
