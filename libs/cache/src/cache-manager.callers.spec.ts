import { AsyncLocalStorage } from 'node:async_hooks';
import { amount, balances, settled, SimulatedFleet } from '../testing/simulated.fleet.js';
import type { SimulatedProcess } from '../testing/simulated.fleet.js';

const refOf = (address: string) => balances.ref({ address });

describe('callers who read in one turn', () => {
  let fleet: SimulatedFleet;
  let one: SimulatedProcess;

  beforeEach(async () => {
    fleet = new SimulatedFleet();
    one = await fleet.start();
  });

  afterEach(() => fleet.stop());

  it('share a request, and each one’s loader runs in its own async context', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const before = one.store.calls.get('readMany') ?? 0;
    const reads = ['a', 'b', 'c'].map((name) =>
      context.run(name, () =>
        one.manager.getOrSet(refOf(name), () => {
          seen.push(`${name} in ${context.getStore()}`);
          return { amount: name };
        }),
      ),
    );
    await Promise.all(reads);
    expect(seen).toEqual(['a in a', 'b in b', 'c in c']);
    expect(one.store.calls.get('readMany')! - before).toBe(1);
  });

  it('share a request with at most 256', async () => {
    const before = one.store.calls.get('readMany') ?? 0;
    await Promise.all(Array.from({ length: 600 }, (_, index) => one.manager.getOrSet(refOf(`n${index}`), amount('1'))));
    expect(one.store.calls.get('readMany')! - before).toBe(3);
  });

  it('are told whatever a listener does', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    one.events.add({
      miss: () => {
        throw new Error('a listener');
      },
      loaded: () => {
        throw new Error('a listener');
      },
    });
    await expect(one.manager.getOrSet(refOf('a'), amount('1'))).resolves.toEqual({ amount: '1' });
    const failing = one.manager.getOrSet(refOf('b'), () => Promise.reject(new Error('the source')));
    await expect(failing).rejects.toThrow('the source');
    expect(warned).toHaveBeenCalled();
    warned.mockRestore();
  });

  it('do not wait for a key that could not be asked for', async () => {
    const tooMany = balances.ref({ address: 'x' }, { tags: Array.from({ length: 12 }, (_, index) => `t${index}`) });
    const many = one.manager.getOrSetMany([refOf('a'), tooMany], () => []);
    await expect(many).rejects.toMatchObject({ code: 'INVALID_TAG' });
    await settled();
    await expect(one.manager.getOrSet(refOf('a'), amount('1'))).resolves.toEqual({ amount: '1' });
  });

  it('are answered from the part of the store that answers, and load what the rest holds without filling it', async () => {
    const other = await fleet.start();
    await other.manager.getOrSet(refOf('there'), amount('1'));
    const read = one.store.readMany.bind(one.store);
    jest
      .spyOn(one.store, 'readMany')
      .mockImplementation(async (addresses) =>
        (await read(addresses)).map((snapshot, index) => (addresses[index]!.key === 'tokens:away' ? null : snapshot)),
      );
    const results = await Promise.all(
      ['there', 'away'].map((address) => one.manager.getOrSetResult(refOf(address), amount('2'))),
    );
    expect(results.map(({ tier }) => tier)).toEqual(['L2', 'MISS']);
    expect(one.store.calls.get('leaseMany')).toBeUndefined();
    expect(one.storeState()).toBe('up');
  });
});
