import { median } from '../check/workers.mjs';
import { Arena } from './arena.mjs';
import { bestOf } from './best.mjs';
import { canPin } from './pinning.mjs';

/** What is not timed is done so many at a time, as there are cores to do it on. */
const LANES = canPin ? 2 : 1;
const PROFILED_ROUNDS = 6;

/** The contestants of a scenario, from when they are ready until they are closed. */
export class Contest {
  #scenario;
  #tell;
  #visits;
  #standing = [];

  constructor(scenario, tell) {
    this.#scenario = scenario;
    this.#tell = tell;
  }

  /** Resolves when all contestants are ready. Rejects when one of them cannot be: the others have to be closed all the same. */
  async open(settings) {
    const { name, contestants, rates = false, untimed = false } = this.#scenario;
    this.#visits = rates ? settings.visits : 1;
    const waiting = Object.entries(contestants).map(([contestant, { start }], place) => async () => {
      this.#tell(`${name}: ${contestant} gets ready`);
      this.#standing[place] = await enter(contestant, start, { ...settings, rates, untimed });
    });
    // The first one by itself, since others may be told what it answers; then the others, side by side.
    await waiting.shift()();
    await inLanes(waiting, LANES);
  }

  /** Every contestant has its turn, or its turns. */
  async round(index) {
    const { name, figures, untimed = false } = this.#scenario;
    this.#tell(`${name}: round ${index + 1}`);
    const inTurn = this.#standing.map((_each, turn) => this.#standing[(turn + index) % this.#standing.length]);
    const seen = new Map(inTurn.map((each) => [each, []]));
    for (let visit = 0; visit < this.#visits; visit += 1) {
      const turns = inTurn.map((each) => async () => {
        if (visit === 0) await prepare(each);
        const measured = await named(each.contestant, each.entrant.round(index));
        seen.get(each).push(figuresOf(measured, figures));
      });
      await inLanes(turns, untimed ? LANES : 1);
    }
    for (const [{ rounds }, ofVisits] of seen) rounds.push(overVisits(ofVisits, figures));
  }

  /** @returns {Record<string, object[]>} contestant -> its figures of each round */
  get rounds() {
    return Object.fromEntries(this.#standing.map(({ contestant, rounds }) => [contestant, rounds]));
  }

  /** A CPU profile of ours in some further rounds. */
  profile() {
    this.#tell(`${this.#scenario.name}: profile`);
    const isOurs = ({ contestant }) => this.#scenario.contestants[contestant].role === 'ours';
    return profileOf(this.#standing.find(isOurs), PROFILED_ROUNDS);
  }

  async close() {
    await Promise.all(this.#standing.map(({ arena, entrant }) => leave(arena, entrant)));
  }
}

/** A CPU profile of ours alone, while it has its rounds. */
export async function profileOurs({ contestants, rates }, settings) {
  const [contestant, { start }] = Object.entries(contestants).find(([, { role }]) => role === 'ours');
  const ours = await enter(contestant, start, { ...settings, rates });
  try {
    return await profileOf(ours, settings.rounds);
  } finally {
    await leave(ours.arena, ours.entrant);
  }
}

async function profileOf(ours, rounds) {
  await prepare(ours);
  return ours.arena.profile(async () => {
    for (let round = 0; round < rounds; round += 1) await ours.entrant.round(round);
  });
}

/** Collects garbage, as the contestant wants it or else in all its processes, and has it warm up once more. */
async function prepare({ contestant, arena, entrant }) {
  await (entrant.collectGarbage?.() ?? arena.collectGarbage());
  await named(contestant, entrant.warmUpAgain?.());
}

/** Others on the machine only ever slow it down: the best visit counts. What is not compared is what it mostly was. */
function overVisits(ofVisits, figures) {
  const over = ([figure, { better, compared = true }]) => {
    const seen = ofVisits.map((visit) => visit[figure]);
    return [figure, compared ? bestOf(seen, better) : median(seen)];
  };
  return Object.fromEntries(Object.entries(figures).map(over));
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
