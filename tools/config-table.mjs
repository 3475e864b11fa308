/**
 * The README's table of environment variables, made of the schema that checks them.
 *
 *   node tools/config-table.mjs            fails when the README says something else
 *   node tools/config-table.mjs --write    puts it right
 */
import { readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- configuration: made by `npm run docs:config` -->';
const END = '<!-- end of configuration -->';
const README = new URL('../README.md', import.meta.url);

const { VARIABLES } = await import('../dist/config/config.schema.js');

const cell = (text) => text.replaceAll('|', '\\|').replace(/^./, (letter) => letter.toUpperCase());
const rows = Object.entries(VARIABLES).map(([name, schema]) => `| \`${name}\` | ${cell(schema.meta().expected)} |`);
const table = ['| variable | what it should be |', '| --- | --- |', ...rows].join('\n');

const text = readFileSync(README, 'utf8');
const [before, rest] = text.split(BEGIN);
if (rest === undefined) throw new Error(`README.md has no line "${BEGIN}"`);
const wanted = `${before}${BEGIN}\n\n${table}\n\n${END}${rest.split(END)[1]}`;
/** The formatter pads tables: only the words count. */
const words = (markdown) => markdown.replaceAll(/[ \t]+/g, ' ').replaceAll(/-{3,}/g, '---');

if (process.argv.includes('--write')) {
  if (words(text) !== words(wanted)) writeFileSync(README, wanted);
} else if (words(text) !== words(wanted)) {
  process.stderr.write('The configuration table of README.md is not that of the schema: run `npm run docs:config`\n');
  process.exitCode = 1;
}
