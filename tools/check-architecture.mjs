/**
 * Checks who knows whom: `node tools/check-architecture.mjs [folder]`, the project by default. Prints one line for each
 * broken rule and ends with 1 when there is any. The rules: .dependency-cruiser.cjs and tools/source-rules.mjs.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import configuration from '../.dependency-cruiser.cjs';
import { sourceViolations } from './source-rules.mjs';

const FOLDERS = ['src', 'libs', 'apps', 'test'];
const NOT_SOURCE = /(^|\/)(node_modules|dist)(\/|$)/;

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
process.chdir(root);

const imports = await cruiseImports();
const lines = [...imports.broken, ...readSources()];
for (const line of lines) process.stdout.write(`${line}\n`);
process.stdout.write(
  `Architecture: ${imports.modules} modules, ${imports.dependencies} dependencies, ${lines.length} violations\n`,
);
process.exitCode = lines.length === 0 ? 0 : 1;

async function cruiseImports() {
  const { options, ...ruleSet } = configuration;
  const { enhancedResolveOptions, ...cruiseOptions } = options;
  const { output } = await cruise(
    FOLDERS.filter((folder) => existsSync(folder)),
    { ...cruiseOptions, ruleSet, validate: true },
    enhancedResolveOptions,
  );
  const { summary } = output;
  const broken = summary.violations.map(({ rule, from, to, cycle, via }) => {
    const way = (cycle ?? via ?? []).map(({ name }) => name);
    return `${rule.name}: ${[from, ...(way.length > 0 ? way : [to])].join(' → ')}`;
  });
  return { modules: summary.totalCruised, dependencies: summary.totalDependenciesCruised, broken };
}

function readSources() {
  return sources().flatMap((path) =>
    sourceViolations(path, readFileSync(path, 'utf8')).map(({ rule, line }) => `${rule}: ${path}:${line}`),
  );
}

/** The TypeScript files of the application and the libraries, but for their specs. */
function sources() {
  return ['src', 'libs']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)))
    .map((path) => relative(root, resolve(path)).replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !/\.(spec|d)\.tsx?$/.test(path) && !NOT_SOURCE.test(path));
}
