import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { breaches, companions, house } from './architecture.fixture.js';

jest.setTimeout(60_000);

/** What the check says about a folder: its exit code, and the rule and the first file of each violation. */
async function check(folder?: string): Promise<{ code: number; violations: string[]; output: string }> {
  const args = ['tools/check-architecture.mjs', ...(folder === undefined ? [] : [folder])];
  const { code, stdout } = await promisify(execFile)(process.execPath, args).then(
    (done) => ({ code: 0, stdout: done.stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  const violations = [...stdout.matchAll(/^([a-z-]+): ([^\s:]+)/gm)].map(([, rule, from]) => `${rule} ${from}`);
  return { code, violations, output: stdout };
}

function build(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${source}\n`);
  }
}

describe('the architecture check', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chaincache-house-'));
    build(root, house);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('accepts this project', async () => {
    expect(await check()).toMatchObject({ code: 0, violations: [] });
  });

  it('accepts a house whose rooms know only whom they may know', async () => {
    expect(await check(root)).toMatchObject({ code: 0, violations: [] });
  });

  it('names every file that breaks a wall, and the wall', async () => {
    build(root, { ...Object.fromEntries(breaches.map(([, , file, source]) => [file, source])), ...companions });
    const { code, violations } = await check(root);
    expect(code).toBe(1);
    const missed = breaches.filter(([, rule, file]) => !violations.includes(`${rule} ${file}`));
    expect(missed.map(([wall]) => wall)).toEqual([]);
  });

  it('has no rule that none of these breaks', () => {
    const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
      forbidden: { name: string }[];
    };
    const broken = new Set(breaches.map(([, rule]) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });

  it('fails for a single breach', async () => {
    build(root, { 'src/tokens/t.ts': `import '../users/users.service.js';` });
    const { code, violations } = await check(root);
    expect({ code, violations }).toEqual({ code: 1, violations: ['features-by-their-edge src/tokens/t.ts'] });
  });
});
