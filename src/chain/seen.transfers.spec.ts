import { ManualClock } from '@chaincache/cache/testing';
import { ChainStatus } from './chain.status.js';
import { SeenTransfers } from './seen.transfers.js';

const LIFE_MS = 600_000;

describe('what was seen of a wallet', () => {
  let clock: ManualClock;
  let status: ChainStatus;
  let seen: SeenTransfers;

  beforeEach(() => {
    clock = new ManualClock();
    status = new ChainStatus();
    seen = new SeenTransfers(status, clock);
  });

  const heights = (...pairs: readonly [number, number][]): ReadonlyMap<number, number> => new Map(pairs);

  it('is lacking in a value that was read below it, on that chain alone', () => {
    seen.demand(1, 20_000_000, ['a']);
    seen.demand(2, 300, ['a', 'b']);
    expect(seen.lags('a', heights([1, 20_000_000], [2, 300]))).toBe(false);
    expect(seen.lags('a', heights([1, 20_000_000], [2, 299]))).toBe(true);
    expect(seen.lags('a', heights([1, 19_999_999], [2, 300]))).toBe(true);
    expect(seen.lags('b', heights([1, 5], [2, 300]))).toBe(false);
    expect(seen.lags('c', heights([1, 5], [2, 5]))).toBe(false);
  });

  it('may be lacking where the height of its chain is not known', () => {
    seen.demand(1, 10, ['a']);
    expect(seen.lags('a', heights([2, 500]))).toBe(true);
  });

  it('never goes back to a lower block', () => {
    seen.demand(1, 10, ['a']);
    seen.demand(1, 7, ['a']);
    expect(seen.lags('a', heights([1, 9]))).toBe(true);
  });

  it('holds for every wallet when nobody knows whom it concerns', () => {
    seen.demandOfAll(1, 10);
    expect([seen.lags('a', heights([1, 9])), seen.lags('a', heights([1, 10]))]).toEqual([true, false]);
  });

  it('is forgotten when no indexer can be that far behind', async () => {
    seen.demand(1, 10, ['a']);
    seen.demandOfAll(2, 10);
    await clock.advance(LIFE_MS);
    expect(seen.lags('a', heights([1, 1], [2, 1]))).toBe(false);
  });

  it('explains a demanded height when it is at least as high, on whichever chain', () => {
    seen.demand(1, 10, ['a']);
    expect([10, 9, 11].map((height) => seen.explains('a', height))).toEqual([true, true, false]);
    expect(seen.explains('b', 1)).toBe(false);
  });

  it('explains nothing while a chain of its kind is not heard', () => {
    seen.demand(1, 10, ['a']);
    status.enter('evm:1', { kind: 'live', height: 10 });
    status.enter('r3mes', { kind: 'connecting' });
    expect(seen.explains('a', 10)).toBe(true);
    status.enter('evm:2', { kind: 'disconnected', reason: 'gone', retryInMs: 5 });
    expect(seen.explains('a', 10)).toBe(false);
  });
});
