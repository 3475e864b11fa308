import { existsSync, readdirSync } from 'node:fs';

const FOLDERS = ['./scenarios/', './http/'];
/** The order of the table. What is not named here comes at the end. */
const ORDER = [
  'l1-hit',
  'l2-hit',
  'many-l2',
  'http-hit',
  'http-l2',
  'invalidate-tag',
  'invalidate-prefix',
  'propagation',
  'stampede',
  'memory',
  'growth',
  'start',
];

/** Every scenario there is. */
export async function allScenarios() {
  const files = FOLDERS.map((folder) => new URL(folder, import.meta.url))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => new URL(file, folder)))
    .filter(({ pathname }) => pathname.endsWith('.scenario.mjs'));
  const modules = await Promise.all(files.map((file) => import(file)));
  return modules.map((module) => module.default).sort((one, other) => placeOf(one) - placeOf(other));
}

const placeOf = ({ name }) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
