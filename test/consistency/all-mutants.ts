/** Every mutant must be caught by the checker that finds nothing in the library itself. Takes about a minute each. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from './mutants.js';

const CHECKER = fileURLToPath(new URL('./main.js', import.meta.url));
/** One round of every fault. */
const SECONDS = '5';

interface Outcome {
  readonly violations?: Readonly<Record<string, number>>;
}

const survivors: string[] = [];
for (const mutant of MUTANTS) {
  const run = spawnSync(process.execPath, [CHECKER, '--seconds', SECONDS, '--mutant', mutant.name], {
    encoding: 'utf8',
  });
  const outcome = JSON.parse(run.stdout.trim().split('\n').at(-1) || '{}') as Outcome;
  const caught = Object.values(outcome.violations ?? {}).some((count) => count > 0);
  if (!caught || run.status !== 1) survivors.push(mutant.name);
  process.stdout.write(
    `${mutant.name.padEnd(28)} ${caught ? 'caught' : 'SURVIVED'} ${JSON.stringify(outcome.violations ?? run.stderr)}\n`,
  );
}
process.stdout.write(`${MUTANTS.length - survivors.length} of ${MUTANTS.length} mutants caught\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
