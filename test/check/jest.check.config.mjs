import base from '../../jest.config.mjs';

/** Checks that take minutes: `*.check.ts`, each with a script of its own in package.json. */
export default { ...base, rootDir: '../..', roots: ['<rootDir>/test/check'], testMatch: ['**/*.check.ts'] };
