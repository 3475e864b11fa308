import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const FOLDER = new URL('.cache/bench/', ROOT);
const SHOWN_FUNCTIONS = 20;
const SHOWN_FILES = 12;

/** Writes a profile that the developer tools of browsers open. @returns where, from the project's root */
export async function saveProfile(name, profile) {
  await mkdir(FOLDER, { recursive: true });
  const file = new URL(`${name}.cpuprofile`, FOLDER);
  await writeFile(file, JSON.stringify(profile));
  return fileURLToPath(file).slice(fileURLToPath(ROOT).length);
}

/** Where the time went, by file and by function: each one's own time, without what it called. */
export function profileTables(profile) {
  const { files, functions } = selfTimes(profile);
  const rows = (times, count) => times.slice(0, count).map(({ name, share }) => [percent(share), name]);
  return [
    [['own time', 'file'], ...rows(files, SHOWN_FILES)],
    [['own time', 'function'], ...rows(functions, SHOWN_FUNCTIONS)],
  ];
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;

/** Shares of the time in which something ran. */
function selfTimes({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const [files, functions] = [new Map(), new Map()];
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id);
    if (functionName === '(idle)' || functionName === '(root)') continue;
    const file = fileName(url, functionName);
    const name = url === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
    add(files, file, timeDeltas[index]);
    add(functions, name, timeDeltas[index]);
    total += timeDeltas[index];
  }
  const shares = (times) =>
    [...times].map(([name, time]) => ({ name, share: time / total })).sort((one, other) => other.share - one.share);
  return { files: shares(files), functions: shares(functions) };
}

/** From the project's root, or within its package. */
function fileName(url, functionName) {
  if (url === '') return functionName.startsWith('(') ? functionName : '(engine)';
  return url
    .replace(/^.*\/node_modules\//, '')
    .replace(ROOT.href, '')
    .replace(/\?.*$/, '');
}

function add(times, name, time) {
  times.set(name, (times.get(name) ?? 0) + time);
}
