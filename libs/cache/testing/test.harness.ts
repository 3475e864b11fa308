/** The parts of a test runner that the contract suites need; those of Jest, Vitest and node:test all fit. */
export interface TestHarness {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  readonly beforeEach: (hook: () => Promise<void>) => unknown;
  readonly afterEach: (hook: () => Promise<void>) => unknown;
}

/** The runner's globals. @throws Error where there are none: pass the runner's functions to the suite instead. */
export function globalHarness(): TestHarness {
  const found = globalThis as Partial<TestHarness>;
  if (found.describe && found.it && found.beforeEach && found.afterEach) return found as TestHarness;
  throw new Error('No describe, it, beforeEach and afterEach are global here: pass them as the last argument');
}
