import { bestOf } from './best.mjs';
import { median } from '../check/workers.mjs';

const summary = (numbers) => ({ median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) });

/**
 * What a scenario's rounds say. A ratio is one of both sides' best rounds, for others on the machine only ever slow them down;
 * above 1 ours is ahead. Beside whom a contestant stands is `ours` unless it names another one of ours. `ours`, `peers`, `limit` and `ratio` are of the headline figure; with more figures than
 * one, `figures` has the same of each.
 */
export function resultOf(scenario, rounds) {
  const { name, title, contestants, goals, notes } = scenario;
  const named = (role) => Object.keys(contestants).filter((contestant) => contestants[contestant].role === role);
  const [ours, ...variants] = named('ours');
  const others = Object.keys(contestants).filter((contestant) => contestants[contestant].role !== 'ours');
  const bestRoundOf = (contestant, figure) =>
    bestOf(
      rounds[contestant].map((round) => round[figure]),
      scenario.figures[figure].better,
    );
  const ratioOf = (mine, theirs, figure) => {
    const [one, other] = [bestRoundOf(mine, figure), bestRoundOf(theirs, figure)];
    return scenario.figures[figure].better === 'higher' ? one / other : other / one;
  };
  const ofFigure = (figure) => {
    const of = (contestant) => summary(rounds[contestant].map((round) => round[figure]));
    const all = (list) => Object.fromEntries(list.map((contestant) => [contestant, of(contestant)]));
    const [limit] = named('limit');
    const { unit, compared = true } = scenario.figures[figure];
    return {
      unit,
      ours: of(ours),
      variants: all(variants),
      peers: all(named('peer')),
      limit: limit === undefined ? null : { name: limit, ...of(limit) },
      remarks: all(named('remark')),
      ratio: Object.fromEntries(
        (compared ? others : []).map((theirs) => [theirs, ratioOf(contestants[theirs].beside ?? ours, theirs, figure)]),
      ),
    };
  };

  const [headline, ...further] = Object.keys(scenario.figures);
  const judged = goals.map((goal) => {
    const { text, over, ours: mine = ours, figure = headline, spread, across, holds } = goal;
    const seen = () => {
      if (over !== undefined) return ratioOf(mine, over, figure);
      if (across !== undefined) return spreadOf(across.map((each) => bestRoundOf(each, headline)));
      if (spread) return spreadOf(Object.keys(scenario.figures).map((each) => bestRoundOf(mine, each)));
      return median(rounds[mine].map((round) => round[figure]));
    };
    const value = seen();
    return { goal: mine === ours ? text : `${text} (${mine})`, seen: value, met: holds(value) };
  });
  return {
    name,
    title,
    headline: ours,
    rounds: rounds[ours].length,
    ...ofFigure(headline),
    ...(further.length > 0 && {
      figures: Object.fromEntries(Object.keys(scenario.figures).map((figure) => [figure, ofFigure(figure)])),
    }),
    goals: judged,
    goal: judged.map(({ goal }) => goal).join(', ') || null,
    met: judged.every(({ met }) => met),
    ...(notes !== undefined && { notes: notes(rounds) }),
  };
}

/** How many times the least of them the greatest is. */
const spreadOf = (values) => Math.max(...values) / Math.min(...values);

/** A scenario that could not be run to its end meets no goal. */
export function failedResult({ name, title, goals }, error) {
  const judged = goals.map(({ text }) => ({ goal: text, seen: null, met: false }));
  const goal = goals.map(({ text }) => text).join(', ') || null;
  return { name, title, failed: error.message, goals: judged, goal, met: false };
}
