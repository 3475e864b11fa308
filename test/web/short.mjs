/**
 * `npm run test:web:short`: the one spec file of the page without which nothing else matters, in a minute. Where there
 * is no Chromium it says so and lets CI go on: `npm ci` brings no browser along.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromiumPath, HOW_TO_GET_CHROMIUM } from './chromium.path.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const JEST = ['node_modules/jest/bin/jest.js', '--ci', '--config', 'test/web/jest.browser.config.mjs', 'sell.browser'];

if (chromiumPath() === undefined) {
  process.stdout.write(`SKIPPED: no Chromium on this machine (${HOW_TO_GET_CHROMIUM}); the page was not tried.\n`);
} else {
  const { status } = spawnSync(process.execPath, ['--no-warnings', ...JEST], { cwd: ROOT, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
