import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/**
 * The path of the real anvil that npm installed for this platform. The package's own launcher is passed by: it needs
 * an install script, which may be switched off, and it adds a process between us and the node.
 * @throws Error that names the missing package.
 */
export function findAnvil(platform: string = process.platform, arch: string = process.arch): string {
  const packageName = `@foundry-rs/anvil-${platform}-${ARCHITECTURES[arch] ?? arch}`;
  const require = createRequire(import.meta.url);
  let manifest: string;
  try {
    manifest = require.resolve(`${packageName}/package.json`);
  } catch {
    throw new Error(
      `The devnet needs anvil, and ${packageName} is not installed. Install without --omit=optional; ` +
        'if there is no such package for this platform, configure EVM_CHAINS with a node of your own instead.',
    );
  }
  const binary = join(dirname(manifest), 'bin', platform === 'win32' ? 'anvil.exe' : 'anvil');
  if (!existsSync(binary)) throw new Error(`${packageName} is installed but has no ${binary}; reinstall it.`);
  return binary;
}
