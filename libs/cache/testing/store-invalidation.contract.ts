import { strict as assert } from 'node:assert';
import { addressOf, fill, invalidation, load, read, served, take, takeFree } from './contract.steps.js';
import { eachWithSubject } from './each.subject.js';
import type { TierSubject } from './store.subject.js';
import type { TestHarness } from './test.harness.js';

export function describeInvalidation(harness: TestHarness, make: () => Promise<TierSubject>): void {
  const { it } = harness;

  harness.describe('invalidation', () => {
    const subject = eachWithSubject(harness, make);

    it('of a tag ends every entry under it, whatever its key, and no other', async () => {
      const { first, second } = subject();
      const ids = Array.from({ length: 40 }, (_, index) => `n${index}`);
      for (const id of ids) await load(first.store, addressOf(id, 'wide'));
      await load(first.store, addressOf('apart', 'narrow'));
      await second.store.invalidate(invalidation(['wide']));
      for (const id of ids) assert.equal(await served(first.store, addressOf(id, 'wide')), null, id);
      assert.equal(await served(first.store, addressOf('apart', 'narrow')), 'value');
    });

    it('of a tag stays in force when the tag has got a new version', async () => {
      const { first } = subject();
      const [old, other] = [addressOf('old', 't'), addressOf('other', 't')];
      await load(first.store, old);
      await first.store.invalidate(invalidation(['t']));
      await load(first.store, other);
      assert.equal(await served(first.store, other), 'value');
      assert.equal(await served(first.store, old), null);
    });

    it('gives a version that was never there before, however often', async () => {
      const { first } = subject();
      const address = addressOf('again', 't');
      const seen = new Set<string>();
      for (let round = 0; round < 20; round += 1) {
        const { lease } = await takeFree(first.store, address);
        seen.add(lease.stamp.toString('hex', 8, 16));
        await first.store.invalidate(invalidation(['t'], [address.key]));
      }
      assert.equal(seen.size, 20);
    });

    it('holds also where the version was evicted and minted anew', async () => {
      const { first, evictVersion } = subject();
      const [old, other] = [addressOf('old', 't'), addressOf('other', 't')];
      await load(first.store, old);
      await evictVersion('t');
      await load(first.store, other);
      assert.equal(await served(first.store, old), null);
    });

    it('of everything ends everything', async () => {
      const { first } = subject();
      const addresses = Array.from({ length: 20 }, (_, index) => addressOf(`n${index}`));
      for (const address of addresses) await load(first.store, address);
      await first.store.invalidate(invalidation(['*']));
      for (const address of addresses) assert.equal(await served(first.store, address), null);
    });

    it('of a key removes its entry and says that it was there', async () => {
      const { first } = subject();
      await load(first.store, addressOf('one', 't'));
      await load(first.store, addressOf('two', 't'));
      assert.deepEqual(await first.store.invalidate(invalidation([], ['item:one'])), { deleted: 1 });
      assert.deepEqual(await first.store.invalidate(invalidation([], ['item:one'])), { deleted: 0 });
      assert.equal((await read(first.store, addressOf('one', 't'))).envelope, null);
      assert.equal(await served(first.store, addressOf('two', 't')), 'value');
    });

    it('counts each key and each tag once', async () => {
      const { first } = subject();
      for (const id of ['a', 'b', 'c']) await load(first.store, addressOf(id, 't', `u:${id}`));
      const message = invalidation(['t', 'u:a', 'unknown'], ['item:a', 'item:b', 'item:unknown']);
      assert.deepEqual(await first.store.invalidate(message), { deleted: 4 });
    });

    it('of a key frees its lease', async () => {
      const { first, second } = subject();
      const address = addressOf('loading');
      const old = await takeFree(first.store, address);
      await second.store.invalidate(invalidation([], [address.key]));
      const fresh = await takeFree(second.store, address);
      assert.equal(await fill(first.store, address, old), 'refused');
      assert.equal(await fill(second.store, address, fresh), 'filled');
    });

    it('of nothing is no error', async () => {
      assert.deepEqual(await subject().first.store.invalidate(invalidation([])), { deleted: 0 });
    });
  });

  harness.describe('a server that may have lost writes', () => {
    const subject = eachWithSubject(harness, make);

    it('serves nothing that was stamped before', async () => {
      const { first, changeIdentity } = subject();
      const address = addressOf('before', 't');
      await load(first.store, address);
      await changeIdentity();
      assert.equal(await served(first.store, address), null);
      await load(first.store, address, { body: Buffer.from('after') });
      assert.equal(await served(first.store, address), 'after');
    });

    it('holds nobody up with leases from before', async () => {
      const { first, second, changeIdentity } = subject();
      const address = addressOf('before');
      await takeFree(first.store, address);
      await changeIdentity();
      await takeFree(second.store, address);
    });
  });

  harness.describe('a demanded block height', () => {
    const subject = eachWithSubject(harness, make);

    it('is told with every lease under its tags, the highest one', async () => {
      const { first, second } = subject();
      await first.store.invalidate(invalidation(['t'], [], 17_000_000));
      await first.store.invalidate(invalidation(['u'], [], 9));
      await first.store.invalidate(invalidation(['t'], [], 12));
      assert.equal((await takeFree(second.store, addressOf('both', 't', 'u'))).minHeight, 17_000_000);
      assert.equal((await takeFree(second.store, addressOf('low', 'u'))).minHeight, 9);
      assert.equal((await takeFree(second.store, addressOf('none', 'v'))).minHeight, null);
    });

    it('is not looked up for those who do not ask', async () => {
      const { store } = subject().first;
      await store.invalidate(invalidation(['t'], [], 5));
      const [reply] = await store.leaseMany([
        { ...addressOf('x', 't'), intent: 'missing', leaseMs: 1_000, withHeight: false },
      ]);
      assert(reply?.kind === 'granted' && reply.minHeight === null);
    });

    it('stays when the tag is invalidated again without one', async () => {
      const { store } = subject().first;
      await store.invalidate(invalidation(['t'], [], 5));
      await store.invalidate(invalidation(['t']));
      const reply = await take(store, addressOf('x', 't'));
      assert(reply.kind === 'granted' && reply.minHeight === 5);
    });
  });
}
