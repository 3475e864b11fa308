/**
 * The benchmarks: `npm run bench`. What a scenario is stands in `scenario.mjs`, the flags in `arguments.mjs`. A run of all
 * scenarios at full length writes docs/benchmarks.md.
 */
import { ArgumentError, readArguments } from './arguments.mjs';
import { contest, profileOurs } from './contest.mjs';
import { installPeers } from './installed.mjs';
import { writePage } from './page.mjs';
import { profileTables, saveProfile } from './profile.mjs';
import { failedResult, resultOf } from './result.mjs';
import { scenarioFor } from './scenario.mjs';
import { allScenarios } from './scenarios.mjs';
import { GOAL_HEADINGS, HEADINGS, goalRows, rowsOf, textTable } from './table.mjs';

/** It gets faster for seconds: V8 compiles what is used most, again and again. */
const FULL = { roundMs: 500, warmUpMs: 2_000, warmUpAgainMs: 700 };
const QUICK = { roundMs: 150, warmUpMs: 300, warmUpAgainMs: 100 };

process.env.NODE_ENV = 'production';
/** With the seconds since the run began. */
const tell = (line) => process.stderr.write(`${String(Math.round(performance.now() / 1_000)).padStart(4)} ${line}\n`);
const print = (text) => process.stdout.write(`${text}\n`);

async function measureAll(scenarios, settings) {
  const results = [];
  const profiles = new Map();
  for (const definition of scenarios) {
    const scenario = scenarioFor(definition, settings);
    const rounds = Math.min(settings.rounds, scenario.rounds ?? settings.rounds);
    try {
      const profiled = settings.profiled && scenario.profiled === true;
      const { rounds: measured, profile } = await contest(scenario, { ...settings, rounds, profiled }, tell);
      results.push(resultOf(scenario, measured));
      if (profile !== undefined) profiles.set(scenario.name, profile);
    } catch (error) {
      tell(error.stack);
      process.exitCode = 1;
      results.push(failedResult(scenario, error));
    }
  }
  return { results, profiles };
}

function printTable(results) {
  print(textTable([HEADINGS, ...results.flatMap(rowsOf)]));
  for (const { name, failed } of results) if (failed !== undefined) print(`\n${name} failed: ${failed}`);
  print(`\n${textTable([GOAL_HEADINGS, ...goalRows(results)])}`);
  const missed = goalRows(results).filter(([, , , outcome]) => outcome !== 'met');
  print(missed.length === 0 ? '\nAll goals are met.' : `\nGoals not met: ${missed.length}`);
  for (const [name, goal, seen] of missed) print(`  ${name}: ${goal}, seen ${seen}`);
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
  const { results, profiles } = await measureAll(chosen, { ...settings, profiled: isWhole });
  if (isWhole) await writePage(all, results, profiles);
  if (json) print(JSON.stringify(results));
  else printTable(results);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
