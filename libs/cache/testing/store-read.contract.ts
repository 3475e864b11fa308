import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { stampOf } from '../src/protocol/stamp.js';
import { addressOf, fill, LIFE_MS, load, read, served, servedBody, setRequest, takeFree } from './contract.steps.js';
import { eachWithSubject } from './each.subject.js';
import type { TierSubject } from './store.subject.js';
import type { TestHarness } from './test.harness.js';

export function describeReads(harness: TestHarness, make: () => Promise<TierSubject>): void {
  harness.describe('read', () => {
    const { it } = harness;
    const subject = eachWithSubject(harness, make);

    it('finds nothing where nothing was put, and no versions', async () => {
      const snapshot = await read(subject().first.store, addressOf('none', 't'));
      assert.equal(snapshot.envelope, null);
      assert.deepEqual(snapshot.versions, [null, null, null]);
      assert.equal(snapshot.identity.length, 8);
      assert(snapshot.nowMs > 0);
    });

    it('gives back the very bytes that were filled, under the stamp they were loaded under', async () => {
      const { first, second } = subject();
      const address = addressOf('bytes', 't');
      const body = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
      const lease = await load(first.store, address, { body });
      const snapshot = await read(second.store, address);
      assert(snapshot.envelope?.subarray(-512).equals(body));
      assert(stampOf(snapshot)?.equals(lease.stamp));
    });

    it('carries an entry of a mebibyte and a key of many scripts', async () => {
      const { first, second } = subject();
      const address = { key: 'item:ключ:鍵:🔑 "\\\r\n', tags: ['ярлык 🏷', '*'] };
      const body = randomBytes(1_048_576);
      await load(first.store, address, { body });
      assert((await read(second.store, address)).envelope?.subarray(-body.length).equals(body));
    });

    it('answers many addresses in their order, repeats and shared tags included', async () => {
      const { first } = subject();
      const addresses = ['a', 'b', 'a', 'c'].map((id) => addressOf(id, `t:${id}`));
      await load(first.store, addresses[0]!, { body: Buffer.from('A') });
      await load(first.store, addresses[3]!, { body: Buffer.from('C') });
      const snapshots = (await first.store.readMany(addresses)).map((snapshot) => snapshot!);
      assert.deepEqual(snapshots.map(servedBody), ['A', null, 'A', 'C']);
    });

    it('answers callers who ask at the same time each with their own', async () => {
      const { first } = subject();
      const addresses = Array.from({ length: 100 }, (_, index) => addressOf(`n${index}`));
      await Promise.all(
        addresses.map((address, index) => load(first.store, address, { body: Buffer.from(`v${index}`) })),
      );
      const bodies = await Promise.all(addresses.map((address) => served(first.store, address)));
      assert.deepEqual(
        bodies,
        addresses.map((_, index) => `v${index}`),
      );
    });

    it('takes a list of nothing', async () => {
      const { store } = subject().first;
      assert.deepEqual(await store.readMany([]), []);
      assert.deepEqual(await store.leaseMany([]), []);
      assert.deepEqual(await store.fillMany([]), []);
    });

    it('forgets an entry when its life is over', async () => {
      const { first, advance } = subject();
      const address = addressOf('brief');
      await load(first.store, address, { lifeMs: 60 });
      await advance(80);
      assert.equal((await read(first.store, address)).envelope, null);
    });

    it('tells what is left of an entry and of a lease', async () => {
      const { first } = subject();
      const address = addressOf('seen', 't');
      const before = await first.store.inspect(address);
      assert.equal(before.pttlMs, -2);
      assert.equal(before.lease, null);
      const granted = await takeFree(first.store, address);
      const during = await first.store.inspect(address);
      assert(during.lease !== null && during.lease.remainingMs > 0);
      await fill(first.store, address, granted);
      const after = await first.store.inspect(address);
      assert(after.pttlMs > 0 && after.pttlMs <= LIFE_MS);
      assert.equal(after.lease, null);
      assert.equal(servedBody(after.snapshot), 'value');
    });
  });

  harness.describe('set', () => {
    const { it } = harness;
    const subject = eachWithSubject(harness, make);

    it('writes without a lease, under versions that it mints where they are missing', async () => {
      const { first, second } = subject();
      const address = addressOf('plain', 't');
      assert.equal(await first.store.set(setRequest(address, 'written')), 'filled');
      assert.equal(await served(second.store, address), 'written');
      assert.equal(await first.store.set(setRequest(address, 'again')), 'filled');
      assert.equal(await served(second.store, address), 'again');
    });

    it('dates the entry on the store’s clock', async () => {
      const { store } = subject().first;
      const address = addressOf('dated');
      const { nowMs } = await read(store, address);
      await store.set(setRequest(address, 'written'));
      const { envelope } = await read(store, address);
      const writtenAtMs = envelope!.readUIntBE(14, 6);
      assert(writtenAtMs >= nowMs && writtenAtMs < nowMs + 60_000);
    });

    it('keeps a load that began before it from writing', async () => {
      const { first, second } = subject();
      const address = addressOf('overtaken');
      const granted = await takeFree(first.store, address);
      await second.store.set(setRequest(address, 'newer'));
      assert.equal(await fill(first.store, address, granted), 'refused');
      assert.equal(await served(first.store, address), 'newer');
    });

    it('leaves other entries of the same tags valid', async () => {
      const { store } = subject().first;
      await load(store, addressOf('neighbour', 't'));
      await store.set(setRequest(addressOf('written', 't'), 'written'));
      assert.equal(await served(store, addressOf('neighbour', 't')), 'value');
    });
  });
}
