import { Catalog, defineEntry, type Cache, type InvalidationOutcome } from '@chaincache/cache';
import { Instances } from './instances.js';

const TRIES = 20;
const balances = defineEntry<string>()('balances', 'tokens:{address}', { tags: ['wallet:{address}'] });
const catalog = new Catalog([balances]);

/** A loader that has read its source, and answers when it is let go. */
function heldLoader(value: string) {
  let began!: () => void;
  let letGo!: () => void;
  const hasBegun = new Promise<void>((resolve) => (began = resolve));
  const released = new Promise<void>((resolve) => (letGo = resolve));
  const load = async (): Promise<string> => {
    began();
    await released;
    return value;
  };
  return { load, hasBegun, letGo };
}

describe('a fill in flight', () => {
  const instances = new Instances();
  let filling: Cache;
  let invalidating: Cache;
  let later: Cache;
  beforeAll(async () => {
    filling = await instances.start({ catalog });
    invalidating = await instances.start({ catalog });
    later = await instances.start({ catalog });
  });
  afterAll(() => instances.stop());

  it.each<[what: string, invalidate: (address: string) => Promise<InvalidationOutcome>]>([
    ['its key', (address) => invalidating.invalidator.invalidateKeys([balances.ref({ address })])],
    ['its tag', (address) => invalidating.invalidator.invalidateByTag(`wallet:${address}`)],
    ['its prefix', () => invalidating.invalidator.invalidateByPattern('tokens:*')],
    ['everything', () => invalidating.invalidator.invalidateAll()],
  ])('leaves nothing of what it read before %s was invalidated, in 20 of 20 tries', async (what, invalidate) => {
    for (let turn = 0; turn < TRIES; turn += 1) {
      const address = `${what}-${turn}`.replaceAll(' ', '-');
      const ref = balances.ref({ address });
      const { load, hasBegun, letGo } = heldLoader('old');
      const fill = filling.manager.getOrSet(ref, load);
      await hasBegun;
      expect(await invalidate(address)).toMatchObject({ status: 'applied' });
      letGo();
      expect(await fill).toBe('old');

      expect(await later.manager.get(ref)).toBeUndefined();
      expect(await filling.manager.get(ref)).toBeUndefined();
      expect(await later.manager.getOrSet(ref, () => 'new')).toBe('new');
      expect(await filling.manager.getOrSetResult(ref, () => 'newer')).toMatchObject({ value: 'new', tier: 'L2' });
    }
  });

  it('is not joined by who comes after the invalidation', async () => {
    const ref = balances.ref({ address: 'joined' });
    const { load, hasBegun, letGo } = heldLoader('old');
    const fill = filling.manager.getOrSet(ref, load);
    await hasBegun;
    await filling.invalidator.invalidateByTag('wallet:joined');
    expect(await filling.manager.getOrSet(ref, () => 'new')).toBe('new');
    letGo();
    await fill;
    expect(await later.manager.get(ref)).toBe('new');
  });
});
