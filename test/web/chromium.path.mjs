import { existsSync } from 'node:fs';

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const HOW_TO_GET_CHROMIUM = 'apt-get install chromium, or set CHROMIUM_PATH';

/** This machine's Chromium; undefined: there is none. No npm package brings it along. */
export function chromiumPath() {
  return CANDIDATES.find((path) => path !== undefined && existsSync(path));
}
