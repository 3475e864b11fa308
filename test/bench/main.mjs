/**
 * The benchmarks: `npm run bench`. What a scenario is stands in `scenario.mjs`, the flags in `arguments.mjs`. A run of all
 * scenarios at full length writes docs/benchmarks.md.
 */
import { ArgumentError, readArguments } from './arguments.mjs';
import { profileOurs } from './contest.mjs';
import { installPeers } from './installed.mjs';
import { measureAll } from './measure.mjs';
import { writePage } from './page.mjs';
import { profileTables, saveProfile } from './profile.mjs';
import { allScenarios } from './scenarios.mjs';
import { GOAL_HEADINGS, HEADINGS, goalRows, missedRows, rowsOf, textTable } from './table.mjs';

/** It gets faster for seconds: V8 compiles what is used most, again and again. */
const FULL = { visits: 3, visitMs: 150, warmUpMs: 1_200, warmUpAgainMs: 300 };
const QUICK = { visits: 1, visitMs: 150, warmUpMs: 300, warmUpAgainMs: 100 };

process.env.NODE_ENV = 'production';
/** With the seconds since the run began. */
const tell = (line) => process.stderr.write(`${String(Math.round(performance.now() / 1_000)).padStart(4)} ${line}\n`);
const print = (text) => process.stdout.write(`${text}\n`);

function printTable(results) {
  print(textTable([HEADINGS, ...results.flatMap(rowsOf)]));
  for (const { name, failed } of results) if (failed !== undefined) print(`\n${name} failed: ${failed}`);
  print(`\n${textTable([GOAL_HEADINGS, ...goalRows(results)])}`);
  print(missedText(results));
}

function missedText(results) {
  const missed = missedRows(results);
  if (missed.length === 0) return '\nAll goals are met.';
  const lines = missed.map(([name, goal, seen]) => `  ${name}: ${goal}, seen ${seen}`);
  return [`\nGoals not met: ${missed.length}`, ...lines].join('\n');
}

async function main() {
  installPeers();
  const all = await allScenarios();
  const { help, json, only, profile, quick, rounds } = readArguments(
    process.argv.slice(2),
    all.map(({ name }) => name),
  );
  if (help !== null) return print(help);
  const settings = { quick, rounds, ...(quick ? QUICK : FULL) };

  if (profile !== null) {
    const scenario = all.find(({ name }) => name === profile);
    const measured = await profileOurs(scenario, settings);
    const file = await saveProfile(scenario.name, measured);
    for (const table of profileTables(measured)) print(`${textTable(table)}\n`);
    return print(`The profile: ${file}`);
  }

  const isWhole = !quick && only === null;
  const chosen = only === null ? all : all.filter(({ name }) => only.includes(name));
  const { results, profiles } = await measureAll(chosen, { ...settings, profiled: isWhole }, tell);
  if (isWhole) await writePage(all, results, profiles);
  if (!json) return printTable(results);
  print(JSON.stringify(results));
  // Beside the line that machines read.
  process.stderr.write(`${missedText(results)}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
