import { ManualClock } from '@chaincache/cache/testing';
import { SourceError } from '../source/source.error.js';
import { Turns } from './turns.js';

const PATIENCE_MS = 10_000;

describe('turns', () => {
  let clock: ManualClock;
  let turns: Turns;
  let begun: string[];
  let ends: Map<string, (error?: Error) => void>;

  beforeEach(() => {
    clock = new ManualClock();
    turns = new Turns(clock);
    begun = [];
    ends = new Map();
  });

  /** Work that goes on until it is ended. */
  const take = (name: string, label: string): Promise<string> =>
    turns.take(name, () => {
      begun.push(label);
      return new Promise((resolve, reject) => ends.set(label, (error) => (error ? reject(error) : resolve(label))));
    });
  const settled = (): Promise<void> => new Promise(setImmediate);

  it('let four of a name in, and each further one in its order when one has left', async () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((label) => take('x', label));
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    ends.get('c')!();
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    ends.get('a')!();
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    for (const end of ends.values()) end();
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('concern those of one name alone', async () => {
    for (const label of ['a', 'b', 'c', 'd', 'e']) void take('x', label);
    void take('y', 'other');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'other']);
  });

  it('pass on to the next when work fails', async () => {
    const [first] = ['a', 'b', 'c', 'd', 'e'].map((label) => take('x', label));
    ends.get('a')!(new Error('refused'));
    await expect(first).rejects.toThrow('refused');
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are given up after ten seconds, and nobody else loses theirs by it', async () => {
    for (const label of ['a', 'b', 'c', 'd']) void take('x', label);
    const late = take('x', 'late').catch((error: unknown) => error);
    await clock.advance(PATIENCE_MS - 1);
    const next = take('x', 'next');
    await clock.advance(1);
    expect(await late).toBeInstanceOf(SourceError);
    ends.get('b')!();
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'next']);
    ends.get('next')!();
    expect(await next).toBe('next');
  });

  it('are refused to a crowd', async () => {
    const all = Array.from({ length: 505 }, (_none, index) =>
      take('x', String(index)).catch((error: unknown) => error),
    );
    expect(await all.at(-1)).toBeInstanceOf(SourceError);
    expect(begun).toHaveLength(4);
  });
});
