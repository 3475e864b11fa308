import { Arena } from './arena.mjs';

/** Gives every contestant of a scenario its rounds, in turn. @returns contestant -> its figures of each round */
export async function contest({ name, contestants, figures }, settings, tell) {
  const standing = [];
  try {
    for (const [contestant, { start }] of Object.entries(contestants)) {
      tell(`${name}: ${contestant} gets ready`);
      standing.push(await enter(contestant, start, settings));
    }
    for (let round = 0; round < settings.rounds; round += 1) {
      tell(`${name}: round ${round + 1} of ${settings.rounds}`);
      for (let turn = 0; turn < standing.length; turn += 1) {
        const { contestant, arena, entrant, rounds } = standing[(turn + round) % standing.length];
        await arena.collectGarbage();
        const measured = await named(contestant, entrant.round(round));
        rounds.push(figuresOf(measured, figures));
      }
    }
  } finally {
    for (const { arena, entrant } of standing) await leave(arena, entrant);
  }
  return Object.fromEntries(standing.map(({ contestant, rounds }) => [contestant, rounds]));
}

/** A CPU profile of ours alone, while it has its rounds. */
export async function profileOurs({ contestants }, settings) {
  const [contestant, { start }] = Object.entries(contestants).find(([, { role }]) => role === 'ours');
  const { arena, entrant } = await enter(contestant, start, settings);
  try {
    await arena.collectGarbage();
    return await arena.profile(async () => {
      for (let round = 0; round < settings.rounds; round += 1) await entrant.round(round);
    });
  } finally {
    await leave(arena, entrant);
  }
}

async function enter(contestant, start, settings) {
  const arena = new Arena(settings);
  try {
    return { contestant, arena, entrant: await named(contestant, start(arena)), rounds: [] };
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
