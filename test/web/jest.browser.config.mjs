import { fileURLToPath } from 'node:url';
import base from '../../jest.config.mjs';

/** `npm run test:web`: the built page in a real Chromium, beside what `npm test` runs. */
export default {
  ...base,
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  roots: ['<rootDir>/test/web'],
  testMatch: ['**/*.browser.ts'],
  maxWorkers: 1,
};
