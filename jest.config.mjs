/** Specs stand beside the code they describe; what crosses modules stands in test/. */
export default {
  rootDir: '.',
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/test/bench/'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/dist-test/'],
  // Jest cannot require() ES modules before Node 24.9, so TypeScript and the ESM-only packages become CommonJS here.
  transform: { '^.+\\.(ts|tsx|mjs|js)$': '<rootDir>/tools/jest-transform.cjs' },
  transformIgnorePatterns: [],
  moduleNameMapper: {
    '^@chaincache/cache$': '<rootDir>/libs/cache/src/index.ts',
    '^@chaincache/cache/(redis|nest|http|compat)$': '<rootDir>/libs/cache/src/$1/index.ts',
    '^@chaincache/cache/testing$': '<rootDir>/libs/cache/testing/index.ts',
    '^@chaincache/react$': '<rootDir>/libs/react/src/index.ts',
    '^@chaincache/react/viem$': '<rootDir>/libs/react/src/viem/index.ts',
    '^@chaincache/devnet$': '<rootDir>/apps/devnet/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.tsx', '$1.js'],
  },
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/tools/jest-global-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest-global-teardown.mjs',
  maxWorkers: 2,
  // No spec judges how fast this machine is; one that hangs is found all the same.
  testTimeout: 20_000,
  // A new process for each spec file: what one leaves behind (async contexts, connections, heap) would slow the next down.
  workerIdleMemoryLimit: '50MB',
};
