/** Checks the Dockerfile, and docker-compose.yml against the Compose Specification. Needs no Docker. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Services stand here in the order in which one reads them: what is built, then what it needs. */
const RULES_OF_ORDER = ['service-keys-order', 'services-alphabetical-order'];

process.exitCode = dockerfileIsValid('Dockerfile') && composeIsValid('docker-compose.yml') ? 0 : 1;

function dockerfileIsValid(name) {
  const problems = validate(readFileSync(join(ROOT, name), 'utf8'));
  for (const { range, message } of problems)
    process.stdout.write(`${name}:${range.start.line + 1}: ${JSON.stringify(message)}\n`);
  if (problems.length === 0) process.stdout.write(`${name}: no problems\n`);
  return problems.length === 0;
}

function composeIsValid(name) {
  const linter = join(dirname(createRequire(import.meta.url).resolve('dclint')), '..', 'bin', 'dclint.cjs');
  const disabled = RULES_OF_ORDER.flatMap((rule) => ['--disable-rule', rule]);
  const { status } = spawnSync(process.execPath, [linter, name, '--max-warnings', '0', ...disabled], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (status === 0) process.stdout.write(`${name}: no problems\n`);
  return status === 0;
}
