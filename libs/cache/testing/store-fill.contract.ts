import { strict as assert } from 'node:assert';
import {
  addressOf,
  envelopeOf,
  fill,
  invalidation,
  LIFE_MS,
  load,
  read,
  served,
  take,
  takeFree,
} from './contract.steps.js';
import { eachWithSubject } from './each.subject.js';
import type { TierSubject } from './store.subject.js';
import type { TestHarness } from './test.harness.js';

export function describeFills(harness: TestHarness, make: () => Promise<TierSubject>): void {
  harness.describe('fill', () => {
    const { it } = harness;
    const subject = eachWithSubject(harness, make);

    it('is refused when a tag was invalidated after the lease was taken, and writes nothing', async () => {
      const { first, second } = subject();
      const address = addressOf('raced', 't');
      const granted = await takeFree(first.store, address);
      await second.store.invalidate(invalidation(['t']));
      assert.equal(await fill(first.store, address, granted), 'refused');
      assert.equal((await read(first.store, address)).envelope, null);
    });

    it('is refused when the invalidated tag has got a new version since', async () => {
      const { first, second } = subject();
      const address = addressOf('raced', 't');
      const granted = await takeFree(first.store, address);
      await second.store.invalidate(invalidation(['t']));
      await takeFree(second.store, addressOf('other', 't'));
      assert.equal(await fill(first.store, address, granted), 'refused');
      assert.equal((await read(first.store, address)).envelope, null);
    });

    it('is refused when the key was invalidated after the lease was taken', async () => {
      const { first, second } = subject();
      const address = addressOf('raced');
      const granted = await takeFree(first.store, address);
      await second.store.invalidate(invalidation([], [address.key]));
      assert.equal(await fill(first.store, address, granted), 'refused');
      assert.equal((await read(first.store, address)).envelope, null);
    });

    it('is refused when a version was evicted after the lease was taken', async () => {
      const { first, evictVersion } = subject();
      const address = addressOf('evicted', 't');
      const granted = await takeFree(first.store, address);
      await evictVersion('t');
      assert.equal(await fill(first.store, address, granted), 'refused');
      assert.equal(await served(first.store, address), null);
    });

    it('is refused when the server may have lost writes after the lease was taken', async () => {
      const { first, changeIdentity } = subject();
      const address = addressOf('promoted');
      const granted = await takeFree(first.store, address);
      await changeIdentity();
      assert.equal(await fill(first.store, address, granted), 'refused');
      assert.equal((await read(first.store, address)).envelope, null);
    });

    it('that was refused gives its lease back', async () => {
      const { first, second } = subject();
      const address = addressOf('refused', 't');
      const granted = await takeFree(first.store, address);
      await second.store.invalidate(invalidation(['t']));
      await fill(first.store, address, granted);
      assert.equal((await first.store.inspect(address)).lease, null);
    });

    it('leaves the lease of another alone when it is refused', async () => {
      const { first, second } = subject();
      const address = addressOf('refused');
      const loser = await takeFree(first.store, address);
      await takeFree(second.store, address, 'always');
      assert.equal(await fill(first.store, address, loser), 'refused');
      assert.equal((await take(first.store, address)).kind, 'held');
    });

    it('writes once: a repeated one finds no lease', async () => {
      const { store } = subject().first;
      const address = addressOf('repeated');
      const granted = await takeFree(store, address);
      assert.equal(await fill(store, address, granted), 'filled');
      assert.equal(await fill(store, address, granted), 'refused');
    });

    it('is refused when the lease ended and another load is on its way', async () => {
      const { first, second, advance } = subject();
      const address = addressOf('late');
      const late = await takeFree(first.store, address, 'missing', 50);
      await advance(70);
      const next = await takeFree(second.store, address);
      assert.equal(await fill(first.store, address, late), 'refused');
      assert.equal(await fill(second.store, address, next), 'filled');
    });

    it('of many keys writes those it may', async () => {
      const { first, second } = subject();
      const addresses = ['a', 'b', 'c'].map((id) => addressOf(id, `t:${id}`));
      const granted = await Promise.all(addresses.map((address) => takeFree(first.store, address)));
      await second.store.invalidate(invalidation(['t:b']));
      const requests = addresses.map((address, index) => {
        const own = granted[index]!;
        return { ...address, lease: own.lease, envelope: envelopeOf(own), lifeMs: LIFE_MS };
      });
      assert.deepEqual(await first.store.fillMany(requests), ['filled', 'refused', 'filled']);
      const bodies = await Promise.all(addresses.map((address) => served(first.store, address)));
      assert.deepEqual(bodies, ['value', null, 'value']);
    });

    it('makes its versions live longer than the entry, and never shorter than they did', async () => {
      const { first, versionLifeMs } = subject();
      const long = addressOf('long', 't');
      const hourMs = 3_600_000;
      await load(first.store, long, { lifeMs: hourMs });
      for (const tag of long.tags) assert((await versionLifeMs(long.key, tag)) > hourMs);
      await load(first.store, long, { lifeMs: 1_000 });
      for (const tag of long.tags) assert((await versionLifeMs(long.key, tag)) > hourMs - 60_000);
    });

    it('does not depend on what the caller does with its buffers afterwards', async () => {
      const { store } = subject().first;
      const address = addressOf('reused');
      const granted = await takeFree(store, address);
      const envelope = envelopeOf(granted);
      await store.fillMany([{ ...address, lease: granted.lease, envelope, lifeMs: LIFE_MS }]);
      envelope.fill(0);
      assert.equal(await served(store, address), 'value');
    });
  });
}
