/** docs/benchmarks.md, as a full run writes it. */
import { readFile, writeFile } from 'node:fs/promises';
import { lineChart } from './chart.mjs';
import { machine } from './machine.mjs';
import { profileTables } from './profile.mjs';
import { GOAL_HEADINGS, contestantRows, goalRows, markdownTable, missedRows } from './table.mjs';

const FILE = new URL('../../docs/benchmarks.md', import.meta.url);
/** What stands below it comes from elsewhere, and is carried over. */
const KEPT = '<!-- A run of the benchmarks writes what stands above, and keeps what follows. -->';

/** @param {Map<string, object>} profiles by the name of the scenario */
export async function writePage(scenarios, results, profiles) {
  const parts = [
    '# Benchmarks',
    INTRODUCTION,
    machineText(await machine()),
    '## Goals',
    markdownTable([GOAL_HEADINGS, ...goalRows(results)]),
    missedText(results),
    ...results.flatMap((result) => scenarioParts(scenarios, result)),
    '## Where the time goes',
    PROFILES,
    ...[...profiles].flatMap(([name, profile]) => [`### ${name}`, ...profileTables(profile).map(markdownTable)]),
    KEPT,
    await keptText(),
  ];
  await writeFile(FILE, `${parts.filter((part) => part !== '').join('\n\n')}\n`);
}

const INTRODUCTION = `\`npm run bench\` repeats all of this in less than 15 minutes; \`--quick\` in less than two, with smaller numbers; \`--only NAME\` one scenario; \`--json\` for machines; \`--profile NAME\` looks into ours. A full run writes this page.

Each contestant has a process of its own on the first core; Redis and whatever else it needs is on the other one. Rounds are taken in turn, A B C, B C A, each after the garbage was collected, while it is under load, and a warm-up; figures are medians with the least and the most. A ratio above 1 says that ours is ahead, whatever the unit. Rates of reads are by the second of processor time of whoever is busier, the reader or its Redis: on cores of one's own that is the clock, and on a shared machine it leaves out what others do. Where others share the very cores, a core does half as much for some milliseconds, or for a minute, and never more: so where rates are compared a contestant is visited three times in a round, seconds apart, the best of which counts; a visit is looked at in slices of 10 ms, and says what a slice gives that is faster than three quarters of them; scenarios about rates have their rounds in turn, more than a minute apart; and a ratio is one of both sides' best rounds. There V8 compiles where it runs, for all of them: done on a thread of its own, it leaves some code fast or slow for the life of a process, as it happens. Latencies of many connections and tails are told, and not compared. All read the same values under the same keys in the same order, drawn by Zipf's law with a fixed seed, and what is read is added up and compared. Peers are set up as their own documentation advises: the settings stand beside them.`;

const PROFILES =
  'Own time of ours in a scenario, without what was called from there, as shares of the time in which anything ran.';

function machineText({ cores, processor, memoryGb, load, pinned, node, redis, versions }) {
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured on ${cores} cores (${processor}), ${memoryGb} GB, Node ${node}, Redis ${redis}${
    pinned ? '' : ', without pinning'
  }, with a load of ${load.toFixed(1)} at the end of the run. Peers: ${listed.join(', ')}.`;
}

function missedText(results) {
  const missed = missedRows(results);
  if (missed.length === 0) return 'All goals are met.';
  return `Goals not met: ${missed.map(([name, goal, seen]) => `${name} ${goal} (seen ${seen})`).join('; ')}.`;
}

function scenarioParts(scenarios, result) {
  const scenario = scenarios.find(({ name }) => name === result.name);
  const heading = `## ${result.name}`;
  if (result.failed !== undefined) return [heading, result.title, `This run could not finish it: ${result.failed}`];
  const charts = (scenario.curves ?? []).map(({ title, points }) => chartOf(result, title, points));
  return [heading, result.title, contestantsTable(scenario, result), ...charts, scenario.bounds];
}

function contestantsTable({ contestants }, result) {
  const several = Object.keys(result.figures ?? {}).length > 0;
  const rows = contestantRows(result).map(({ figure: name, contestant, role, measured, ratio }) => [
    ...(several ? [name] : []),
    contestant,
    role,
    measured,
    ratio,
    contestants[contestant].settings,
  ]);
  const headings = ['contestant', '', 'median (min to max)', 'ours is … times as good', 'settings'];
  return markdownTable([several ? ['figure', ...headings] : headings, ...rows]);
}

function chartOf(result, title, points) {
  const all = { [result.headline]: result.ours, ...result.variants };
  const values = points
    .filter(({ contestant }) => contestant in all)
    .map(({ label, contestant, beside }) => ({
      label,
      value: all[contestant].median,
      beside: result.remarks[beside]?.median,
    }));
  return lineChart({ title, unit: result.unit, points: values });
}

async function keptText() {
  const before = await readFile(FILE, 'utf8');
  const [, kept] = before.split(KEPT);
  if (kept === undefined) throw new Error(`docs/benchmarks.md has lost its line ${KEPT}`);
  return kept.trim();
}
