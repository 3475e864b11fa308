import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * True when what is installed below `root` is what its package-lock.json names. npm writes down what it installed at the
 * end of an installation. Packages that are optional may be missing, as those for other systems are.
 */
export function isInstalled(root) {
  const written = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(written)) return false;
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(written);
  return (
    Object.keys(installed).every((path) => path in wanted) &&
    Object.entries(wanted).every(([path, entry]) =>
      path in installed ? isSame(entry, installed[path]) : path === '' || entry.optional === true,
    )
  );
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function isSame(wanted, installed) {
  return wanted.version === installed.version && wanted.integrity === installed.integrity;
}
