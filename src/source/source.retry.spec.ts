import { retryAfterMs } from './retry-after.parser.js';
import { SourceError } from './source.error.js';
import { withRetry } from './source.retry.js';

describe('a call that may be tried again', () => {
  const signal = new AbortController().signal;
  let pauses: number[];

  const passing = (retryAfter?: number): SourceError =>
    new SourceError('test', 'failed', { retryable: true, retryAfterMs: retryAfter });

  function run<T>(call: () => Promise<T>, deadlineMs = 10_000, random = 1): Promise<T> {
    pauses = [];
    return withRetry(call, {
      signal,
      deadlineMs,
      now: () => 0,
      random: () => random,
      pause: (delayMs) => Promise.resolve(pauses.push(delayMs)),
    });
  }

  /** Fails with the given errors, one after the other, then succeeds. */
  function failing(...errors: readonly Error[]): () => Promise<string> {
    const left = [...errors];
    return () => {
      const error = left.shift();
      return error ? Promise.reject(error) : Promise.resolve('value');
    };
  }

  it('succeeds after two failures that pass, with growing pauses', async () => {
    expect(await run(failing(passing(), passing()))).toBe('value');
    expect(pauses).toEqual([200, 400]);
  });

  it('draws each pause between nothing and its bound', async () => {
    await run(failing(passing(), passing()), 10_000, 0.25);
    expect(pauses).toEqual([50, 100]);
  });

  it('gives up after the third failure', async () => {
    const last = passing();
    await expect(run(failing(passing(), passing(), last))).rejects.toBe(last);
  });

  it('waits as long as the source asks', async () => {
    await run(failing(passing(3_000)));
    expect(pauses).toEqual([3_000]);
  });

  it('does not begin a pause that ends after the deadline', async () => {
    await expect(run(failing(passing(10_000)))).rejects.toThrow('failed');
    expect(pauses).toEqual([]);
  });

  it.each([
    ['a failure that stays', new SourceError('test', 'refused', { retryable: false })],
    ['a fault of our own', new TypeError('oops')],
  ])('passes %s on at once', async (_what, error) => {
    await expect(run(failing(error))).rejects.toBe(error);
    expect(pauses).toEqual([]);
  });

  it('ends with the failure when it is aborted during a pause', async () => {
    const abort = new AbortController();
    let calls = 0;
    const call = (): Promise<never> => {
      calls += 1;
      return Promise.reject(passing(60_000));
    };
    const ended = withRetry(call, { signal: abort.signal, deadlineMs: Infinity });
    await Promise.resolve();
    abort.abort();
    await expect(ended).rejects.toThrow('failed');
    expect(calls).toBe(1);
  });
});

describe('Retry-After', () => {
  const nowMs = Date.parse('2025-07-27T12:00:00Z');

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Sun, 27 Jul 2025 12:00:30 GMT', 30_000],
    ['Sun, 27 Jul 2025 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    [null, undefined],
  ])('%j means %j ms', (header, expected) => {
    expect(retryAfterMs(header, nowMs)).toBe(expected);
  });
});
