import { gate, settled } from '../../testing/simulated.fleet.js';
import { OriginLimiter } from './origin-limiter.js';

describe('the origin limiter', () => {
  it('lets no more run than it has places, in the order in which they came', async () => {
    const limiter = new OriginLimiter('balances', 2);
    const { loader, runs } = gate<number>();
    const outcomes = Promise.allSettled([1, 2, 3, 4].map(() => limiter.run(loader)));
    await settled();
    expect(runs).toHaveLength(2);
    runs[0]!.release(1);
    await settled();
    expect(runs).toHaveLength(3);
    runs[1]!.fail(new Error('source'));
    await settled();
    expect(runs).toHaveLength(4);
    runs[2]!.release(3);
    runs[3]!.release(4);
    expect((await outcomes).map((call) => call.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(limiter.active).toBe(0);
  });

  it('refuses who would wait behind a full queue, by name and at once', async () => {
    const limiter = new OriginLimiter('balances', 1);
    const { loader, runs } = gate<number>();
    const waiting = Array.from({ length: 33 }, () => limiter.run(loader));
    await expect(limiter.run(loader)).rejects.toMatchObject({ code: 'OVERLOADED', entry: 'balances' });
    for (let index = 0; index < 33; index += 1) {
      await settled();
      runs[index]!.release(index);
    }
    await Promise.all(waiting);
  });
});
