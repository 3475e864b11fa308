import { Arena } from './arena.mjs';
import { canPin } from './pinning.mjs';

/** What is not timed is done so many at a time, as there are cores to do it on. */
const LANES = canPin ? 2 : 1;
const PROFILED_ROUNDS = 3;

/**
 * Gives every contestant of a scenario its rounds, in turn.
 *
 * @returns {Promise<{ rounds: Record<string, object[]>, profile?: object }>} contestant -> its figures of each round; with
 *   `profiled` a CPU profile of ours in some further rounds
 */
export async function contest({ name, contestants, figures, untimed = false }, { profiled, ...given }, tell) {
  const settings = { ...given, untimed };
  const standing = [];
  try {
    await enterAll(name, Object.entries(contestants), settings, tell, standing);
    for (let round = 0; round < settings.rounds; round += 1) {
      tell(`${name}: round ${round + 1} of ${settings.rounds}`);
      const turns = standing.map((_each, turn) => async () => {
        const { contestant, arena, entrant, rounds } = standing[(turn + round) % standing.length];
        await collectGarbage(arena, entrant);
        const measured = await named(contestant, entrant.round(round));
        rounds.push(figuresOf(measured, figures));
      });
      await inLanes(turns, untimed ? LANES : 1);
    }
    const rounds = Object.fromEntries(standing.map((each) => [each.contestant, each.rounds]));
    if (!profiled) return { rounds };
    tell(`${name}: profile`);
    const ours = standing.find(({ contestant }) => contestants[contestant].role === 'ours');
    return { rounds, profile: await profileOf(ours, PROFILED_ROUNDS) };
  } finally {
    await Promise.all(standing.map(({ arena, entrant }) => leave(arena, entrant)));
  }
}

/** A CPU profile of ours alone, while it has its rounds. */
export async function profileOurs({ contestants }, settings) {
  const [contestant, { start }] = Object.entries(contestants).find(([, { role }]) => role === 'ours');
  const ours = await enter(contestant, start, settings);
  try {
    return await profileOf(ours, settings.rounds);
  } finally {
    await leave(ours.arena, ours.entrant);
  }
}

async function profileOf({ arena, entrant }, rounds) {
  await collectGarbage(arena, entrant);
  return arena.profile(async () => {
    for (let round = 0; round < rounds; round += 1) await entrant.round(round);
  });
}

/** As the contestant wants it, or else in all its processes. */
const collectGarbage = (arena, entrant) => entrant.collectGarbage?.() ?? arena.collectGarbage();

/** The first one by itself, since others may be told what it answers; then the others, side by side. */
async function enterAll(name, contestants, settings, tell, standing) {
  const waiting = contestants.map(([contestant, { start }], place) => async () => {
    tell(`${name}: ${contestant} gets ready`);
    standing[place] = await enter(contestant, start, settings);
  });
  await waiting.shift()();
  await inLanes(waiting, LANES);
}

/** So many at a time; fails once none of them runs any more. */
async function inLanes(works, count) {
  const waiting = [...works];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  const lanes = await Promise.allSettled(Array.from({ length: count }, lane));
  const failed = lanes.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function enter(contestant, start, settings) {
  const arena = new Arena(settings);
  try {
    const entrant = await named(contestant, start(arena));
    await arena.settle();
    return { contestant, arena, entrant, rounds: [] };
  } catch (error) {
    await arena.close();
    throw error;
  }
}

/** A failure says whose it is. */
async function named(contestant, work) {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${contestant}: ${error.message}`, { cause: error });
  }
}

async function leave(arena, entrant) {
  await entrant.close?.();
  await arena.close();
}

/** A bare number is the headline figure. */
function figuresOf(measured, figures) {
  const [headline] = Object.keys(figures);
  const told = typeof measured === 'number' ? { [headline]: measured } : measured;
  for (const figure of Object.keys(figures)) {
    if (!Number.isFinite(told?.[figure])) throw new Error(`a round came without the figure "${figure}"`);
  }
  return told;
}
