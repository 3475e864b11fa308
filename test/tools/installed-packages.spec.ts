import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled } from '../../tools/installed-packages.mjs';

interface Package {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
}
type Packages = Readonly<Record<string, Package>>;

const wanted: Packages = {
  '': { version: '0.1.0' },
  'node_modules/needed': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/for-another-system': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};
const needed: Packages = { 'node_modules/needed': { version: '1.0.0', integrity: 'sha512-a' } };

describe('a clone counts as installed', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chaincache-clone-'));
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const install = (packages: Packages): void => {
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
  };

  it('when everything that the lockfile names is there, but for packages of other systems', () => {
    install(needed);
    expect(isInstalled(root)).toBe(true);
  });

  it('not while it is fresh', () => {
    expect(isInstalled(root)).toBe(false);
  });

  it('not after an installation that was broken off', () => {
    mkdirSync(join(root, 'node_modules', 'needed'), { recursive: true });
    expect(isInstalled(root)).toBe(false);
  });

  it.each<[string, Packages]>([
    ['another version', { 'node_modules/needed': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['another content', { 'node_modules/needed': { version: '1.0.0', integrity: 'sha512-c' } }],
    ['a package fewer', {}],
    ['a package more', { ...needed, 'node_modules/removed': { version: '1.0.0' } }],
  ])('not when the lockfile changed: %s', (_title, installed) => {
    install(installed);
    expect(isInstalled(root)).toBe(false);
  });
});
