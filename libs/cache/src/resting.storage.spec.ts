import { setImmediate as turn } from 'node:timers/promises';
import { RestingStorage } from './resting.storage.js';

describe('a storage that rests', () => {
  let storage: RestingStorage<string>;
  beforeEach(() => {
    storage = new RestingStorage();
  });

  it('has its store in all that the work waits for, and none outside', async () => {
    const seen: unknown[] = [];
    const work = storage.run('a', async () => {
      await turn();
      seen.push(storage.getStore());
      return 'done';
    });
    expect(storage.getStore()).toBeUndefined();
    expect(await work).toBe('done');
    expect(seen).toEqual(['a']);
    expect(storage.run('b', () => storage.getStore())).toBe('b');
    expect(storage.getStore()).toBeUndefined();
  });

  it('keeps the store of each work apart, whichever ends first', async () => {
    const read = (name: string, turns: number): Promise<unknown> =>
      storage.run(name, async () => {
        for (let left = turns; left > 0; left -= 1) await turn();
        return storage.run(`${name}, within`, async () => {
          await turn();
          return [storage.getStore()];
        });
      });
    expect(await Promise.all([read('a', 5), read('b', 1), read('c', 3)])).toEqual([
      ['a, within'],
      ['b, within'],
      ['c, within'],
    ]);
  });

  it('begins nothing that only begins when it is waited for', async () => {
    let begun = 0;
    const lazy = Object.create(Object.prototype, {
      // oxlint-disable-next-line unicorn/no-thenable -- what a query builder is
      then: {
        value: (done: (text: string) => void) => {
          begun += 1;
          done('done');
        },
      },
    }) as PromiseLike<string>;
    expect(await storage.run('a', () => lazy)).toBe('done');
    expect(begun).toBe(1);
  });

  /** @returns what is found two turns after the work returned */
  const later = (after: (found: unknown) => void) => () => {
    void turn()
      .then(() => turn())
      .then(() => after(storage.getStore()));
  };

  it('rests when the work is over, also where it failed', async () => {
    const found: unknown[] = [];
    storage.run(
      'a',
      later((store) => found.push(store)),
    );
    const failing = storage.run('b', () => {
      later((store) => found.push(store))();
      return Promise.reject(new Error('failed'));
    });
    await expect(failing).rejects.toThrow('failed');
    const throwing = (): never =>
      storage.run('c', () => {
        later((store) => found.push(store))();
        throw new Error('thrown');
      });
    expect(throwing).toThrow('thrown');
    while (found.length < 3) await turn();
    expect(found).toEqual([undefined, undefined, undefined]);
  });

  it('has no store for what goes on after its work, though others are at work', async () => {
    const found: unknown[] = [];
    const other = storage.begin('b');
    storage.run(
      'a',
      later((store) => found.push(store)),
    );
    other.run(later((store) => found.push(store)));
    while (found.length < 2) await turn();
    expect(found).toEqual([undefined, 'b']);
    other.run(later((store) => found.push(store)));
    other.end();
    other.end();
    storage.begin('c');
    while (found.length < 3) await turn();
    expect(found[2]).toBeUndefined();
  });
});
