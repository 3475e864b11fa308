/**
 * How a scenario is written.
 *
 * A file `<anything>.scenario.mjs` below `scenarios/` or `http/` exports one as its default:
 *
 *     export default scenario({
 *       name: 'l1-hit',                       // what --only takes
 *       title: 'L1 hit: `getOrSet`, 1 KB …',  // for the table
 *       figures: { rate: { unit: 'op/s', better: 'higher' } },   // the first is the headline
 *       contestants: {
 *         'ref made per call': { role: 'ours', settings: '…', start },
 *         'BentoCache': { role: 'peer', settings: 'what was set, and that its documentation advises so', start },
 *         'raw ioredis': { role: 'limit', settings: '…', start },
 *       },
 *       goals: [atLeast(40, 'BentoCache'), below(1, { figure: 'p50' })],
 *       bounds: 'What bounds it, by measurement, and what would move it. Markdown.',
 *       profiled: true,                       // the full run shows where our time goes
 *       rounds: 3,                            // at most so many, where a round is long or does not vary
 *       rates: true,                          // it is about how fast something goes on: see below
 *       untimed: true,                        // nothing in it is timed: contestants have their rounds side by side
 *     });
 *
 * Roles: `ours` (the first is the headline, further ones are variants), `peer`, `limit` (the physical limit), `remark`
 * (told, compared with, no goal on it). `beside` names the one of ours that a contestant is compared with, where that is
 * not the headline. `start(arena)` makes a contestant ready, warm-up included, and gives
 *
 *     { round: async (index) => figures, and optionally, async as well: collectGarbage(), warmUpAgain(), close() }
 *
 * where `figures` is a number (the headline) or one for each name in `figures`; of one that is `compared: false`, because the
 * machine has more to do with it than the contestant, no ratio is drawn. A visit lasts about `arena.visitMs`; for
 * figures that are quantiles it has enough samples of its own. The runner starts all contestants of a scenario (the first one
 * by itself, the others two at a time), and visits each in each round, in turn (A B C, B C A, …).
 * Before its first visit in a round it collects garbage in a contestant's processes (or leaves that to its own
 * `collectGarbage`) and has it warm up again; `round` is what a visit does. With `rates` it is visited three times
 * in a round (A B C A B C A B C; once with --quick), the best of which counts, and V8 compiles in place: see `arena.mjs`.
 *
 * What an arena gives, all of it ended by the runner:
 *     arena.quick, arena.visitMs, arena.warmUpMs, arena.warmUpAgainMs (before each round)
 *     arena.load(program, options)    a process on the measured core (0), once it is ready: `program` is a module that calls
 *                                     `serve(…)` of `process.mjs`. The first one of ours is what `--profile` looks into.
 *     arena.aside(program, options)   the same on the other core: clients, servers of others
 *     arena.redis(args)               a Redis of this contestant alone, on the other core
 *     arena.pin(pid, core)            for anything else that it starts
 *
 * With --quick remarks are left out, and figures and contestants marked `fullOnly: true`, and goals on them with them;
 * `quickRounds` takes the place of `rounds`.
 *
 * A contestant that lives in one process and has these handlers is `start: inProcess(program, options)`.
 */

const ROLES = ['ours', 'peer', 'limit', 'remark'];

/** @returns the scenario, checked: a mistake in its table is told before anything runs */
export function scenario(definition) {
  const { name, contestants, figures, goals } = definition;
  const fail = (what) => {
    throw new Error(`scenario "${name}": ${what}`);
  };
  for (const field of ['name', 'title', 'figures', 'contestants', 'goals', 'bounds']) {
    if (definition[field] === undefined) fail(`has no ${field}`);
  }
  for (const [contestant, { role, settings, start }] of Object.entries(contestants)) {
    if (!ROLES.includes(role)) fail(`"${contestant}" has the role ${role}: it is one of ${ROLES.join(', ')}`);
    if (typeof settings !== 'string' || typeof start !== 'function') fail(`"${contestant}" lacks settings or start`);
  }
  if (!Object.values(contestants).some(({ role }) => role === 'ours')) fail('nobody in it is ours');
  for (const goal of goals) {
    if (goal.over !== undefined && !(goal.over in contestants)) fail(`a goal names "${goal.over}", who is not in it`);
    if (goal.ours !== undefined && !(goal.ours in contestants)) fail(`a goal names "${goal.ours}", who is not in it`);
    for (const each of goal.across ?? []) {
      if (!(each in contestants)) fail(`a goal names "${each}", who is not in it`);
    }
    if (goal.figure !== undefined && !(goal.figure in figures)) fail(`a goal names the figure "${goal.figure}"`);
  }
  return definition;
}

/** Ours is at least so many times as good as another one: a ratio above 1 is ours ahead, whatever the unit. */
export const atLeast = (times, over, { ours, figure } = {}) => ({
  text: `≥ ${times} × ${over}${of(figure)}`,
  over,
  ours,
  figure,
  holds: (ratio) => ratio >= times,
});

/** The figures of ours differ by at most this factor. */
export const flatWithin = (factor, { ours } = {}) => ({
  text: `flat within ${factor} ×`,
  ours,
  spread: true,
  holds: (value) => value <= factor,
});

/** The headline figures of these contestants differ by at most this factor. */
export const withinAcross = (factor, across, what = 'all') => ({
  text: `${what} within ${factor} ×`,
  across,
  holds: (value) => value <= factor,
});

/** A figure of ours is at most so high. */
export const atMost = (most, unit, { ours, figure } = {}) => ({
  text: `≤ ${most} ${unit}${of(figure)}`,
  ours,
  figure,
  holds: (value) => value <= most,
});

const of = (figure) => (figure === undefined ? '' : ` (${figure})`);

/** `start` of a contestant that lives in one process, whose program has the handlers `warmUp`, `warmUpAgain` and `round`. */
export const inProcess =
  (program, options = {}, { redis = false } = {}) =>
  async (arena) => {
    const redisUrl = redis ? (await arena.redis()).url : undefined;
    const process = await arena.load(program, { ...options, redisUrl });
    await process.ask('warmUp', { forMs: arena.warmUpMs });
    const { visitMs: forMs, warmUpAgainMs, quick } = arena;
    return {
      warmUpAgain: () => process.ask('warmUpAgain', { forMs: warmUpAgainMs }),
      round: () => process.ask('round', { forMs, quick }),
    };
  };

/** A contestant that is left out with --quick. */
export const inFull = (contestant) => ({ ...contestant, fullOnly: true });

/** The scenario as it runs with these settings: with --quick without what is `fullOnly`. */
export function scenarioFor(definition, { quick }) {
  if (!quick) return definition;
  const isKept = ([, { fullOnly, role }]) => fullOnly !== true && role !== 'remark';
  const kept = (named) => Object.fromEntries(Object.entries(named).filter(isKept));
  const [contestants, figures] = [kept(definition.contestants), kept(definition.figures)];
  const goals = definition.goals
    .filter(
      ({ over, ours, figure }) =>
        (over === undefined || over in contestants) &&
        (ours === undefined || ours in contestants) &&
        (figure === undefined || figure in figures),
    )
    .map((goal) => (goal.across ? { ...goal, across: goal.across.filter((each) => each in contestants) } : goal));
  return { ...definition, contestants, figures, goals, rounds: definition.quickRounds ?? definition.rounds };
}
