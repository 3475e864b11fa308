import type { CacheResult } from '../index.js';
import { CacheTrace } from './cache.trace.js';
import { loadContext, runLoad } from './load.context.js';

const result = (key: string): CacheResult<unknown> => ({ value: 1, tier: 'L1', ageMs: 0, freshForMs: 1, key });
const context = {
  key: 'k',
  signal: new AbortController().signal,
  minHeight: null,
  atHeight: () => {},
  freshFor: () => {},
};

describe('CacheTrace', () => {
  it('tells the last result of its own request, whatever else runs beside it', async () => {
    const request = (key: string) =>
      CacheTrace.run(async (trace) => {
        CacheTrace.record(result(`${key}:first`));
        await new Promise(setImmediate);
        CacheTrace.record(result(`${key}:last`));
        await new Promise(setImmediate);
        return trace.last()?.key;
      });
    expect(await Promise.all([request('a'), request('b')])).toEqual(['a:last', 'b:last']);
  });

  it('keeps nothing outside of a request', () => {
    CacheTrace.record(result('a'));
    expect(CacheTrace.current()).toBeUndefined();
    expect(CacheTrace.run((trace) => trace.last())).toBeUndefined();
  });

  it('does not record what a loader reads on its way: the load is not this request alone', () => {
    const last = CacheTrace.run((trace) => {
      CacheTrace.record(result('asked for'));
      runLoad(context, () => CacheTrace.record(result('read on the way')));
      return trace.last()?.key;
    });
    expect(last).toBe('asked for');
  });
});

describe('loadContext', () => {
  it('is that of the load around it, and undefined outside', () => {
    expect(runLoad(context, loadContext)).toBe(context);
    expect(loadContext()).toBeUndefined();
  });
});
