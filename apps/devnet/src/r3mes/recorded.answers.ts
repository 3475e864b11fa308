import { readFileSync } from 'node:fs';

/** What a real CometBFT 0.38 node answered (fixtures/cometbft): the oracle of this folder's tests. */
export function recordedAnswer(name: string): Record<string, unknown> {
  const file = new URL(`../../fixtures/cometbft/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

export function recordedResult<Result>(name: string): Result {
  return recordedAnswer(name)['result'] as Result;
}
