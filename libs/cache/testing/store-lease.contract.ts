import { strict as assert } from 'node:assert';
import {
  addressOf,
  eventually,
  fill,
  invalidation,
  LEASE_MS,
  load,
  Recorder,
  served,
  servedBody,
  take,
  takeFree,
} from './contract.steps.js';
import { eachWithSubject } from './each.subject.js';
import type { TierSubject } from './store.subject.js';
import type { TestHarness } from './test.harness.js';

export function describeLeases(harness: TestHarness, make: () => Promise<TierSubject>): void {
  const { it } = harness;

  harness.describe('lease', () => {
    const subject = eachWithSubject(harness, make);

    it('goes to one of many who ask at once', async () => {
      const { first, second } = subject();
      const address = addressOf('hot', 't');
      const asked = Array.from({ length: 50 }, (_, index) => take((index % 2 ? first : second).store, address));
      const kinds = (await Promise.all(asked)).map((reply) => reply.kind);
      assert.equal(kinds.filter((kind) => kind === 'granted').length, 1);
      assert.equal(kinds.filter((kind) => kind === 'held').length, 49);
    });

    it('tells those who come later how long it is held at most', async () => {
      const { first, second } = subject();
      await takeFree(first.store, addressOf('held'));
      const reply = await take(second.store, addressOf('held'));
      assert(reply.kind === 'held' && reply.remainingMs > 0 && reply.remainingMs <= LEASE_MS);
    });

    it('is free again when its time is over', async () => {
      const { first, second, advance } = subject();
      await takeFree(first.store, addressOf('slow'), 'missing', 50);
      await advance(70);
      await takeFree(second.store, addressOf('slow'));
    });

    it('is answered with the entry when somebody filled it in the meantime', async () => {
      const { first, second } = subject();
      const address = addressOf('filled', 't');
      await load(first.store, address, { body: Buffer.from('theirs') });
      const reply = await take(second.store, address);
      assert(reply.kind === 'present');
      assert.equal(servedBody(reply.snapshot), 'theirs');
      assert.equal((await second.store.inspect(address)).lease, null);
    });

    it('is granted over an entry that is past fresh', async () => {
      const { first, advance } = subject();
      const address = addressOf('expired');
      await load(first.store, address, { freshMs: 50 });
      await advance(70);
      await takeFree(first.store, address);
    });

    it('is granted over an entry that was invalidated, also when its tags have new versions', async () => {
      const { first, second } = subject();
      const [address, neighbour] = [addressOf('dead', 't'), addressOf('neighbour', 't')];
      await load(first.store, address);
      await first.store.invalidate(invalidation(['t']));
      await load(first.store, neighbour);
      await takeFree(second.store, address);
    });

    it('is granted over an entry of other tags', async () => {
      const { first } = subject();
      await load(first.store, { key: 'item:x', tags: ['a', '*'] });
      await takeFree(first.store, { key: 'item:x', tags: ['b', '*'] });
      await load(first.store, { key: 'item:y', tags: ['a', '*'] });
      await takeFree(first.store, { key: 'item:y', tags: ['*'] });
    });

    it('to refresh is granted beside a present entry, once', async () => {
      const { first, second } = subject();
      const address = addressOf('ahead');
      await load(first.store, address);
      await takeFree(first.store, address, 'refresh');
      assert.equal((await take(second.store, address, 'refresh')).kind, 'held');
      assert.equal(await served(second.store, address), 'value');
    });

    it('taken always takes it from whoever holds it, even from the same process', async () => {
      const { store } = subject().first;
      const address = addressOf('forced');
      const loser = await takeFree(store, address);
      const winner = await takeFree(store, address, 'always');
      assert.equal(await fill(store, address, loser, { body: Buffer.from('loser') }), 'refused');
      assert.equal(await fill(store, address, winner, { body: Buffer.from('winner') }), 'filled');
      assert.equal(await served(store, address), 'winner');
    });

    it('is not waited for when an invalidation has doomed its load', async () => {
      const { first, second } = subject();
      const address = addressOf('doomed', 't');
      const doomed = await takeFree(first.store, address);
      await second.store.invalidate(invalidation(['t']));
      const fresh = await takeFree(second.store, address);
      assert.equal(await fill(first.store, address, doomed, { body: Buffer.from('old') }), 'refused');
      assert.equal(await fill(second.store, address, fresh, { body: Buffer.from('new') }), 'filled');
      assert.equal(await served(first.store, address), 'new');
    });

    it('is a different one for each load, though key, tags and process are the same', async () => {
      const { store } = subject().first;
      const address = addressOf('again');
      const earlier = await takeFree(store, address, 'missing');
      await store.release(address, earlier.lease);
      const later = await takeFree(store, address, 'missing');
      assert(!earlier.lease.token.equals(later.lease.token));
      assert.equal(await fill(store, address, earlier), 'refused');
      assert.equal(await fill(store, address, later), 'filled');
    });

    it('for many keys at once is decided for each', async () => {
      const { first, second } = subject();
      const [present, held, free] = [addressOf('present'), addressOf('held'), addressOf('free')];
      await load(first.store, present);
      await takeFree(first.store, held);
      const asked = [present, held, free].map((address) => ({
        ...address,
        intent: 'missing' as const,
        leaseMs: LEASE_MS,
        withHeight: false,
      }));
      const replies = await second.store.leaseMany(asked);
      assert.deepEqual(
        replies.map((reply) => reply.kind),
        ['present', 'held', 'granted'],
      );
    });
  });

  harness.describe('a lease that is given back or kept', () => {
    const subject = eachWithSubject(harness, make);

    it('is free at once when it is given back', async () => {
      const { first, second } = subject();
      const address = addressOf('failed');
      const { lease } = await takeFree(first.store, address);
      await first.store.release(address, lease);
      await takeFree(second.store, address);
    });

    it('is not given back by one who no longer has it', async () => {
      const { first, second } = subject();
      const address = addressOf('lost');
      const lost = await takeFree(first.store, address);
      await takeFree(second.store, address, 'always');
      await first.store.release(address, lost.lease);
      assert.equal((await take(first.store, address)).kind, 'held');
    });

    it('is longer when it was renewed', async () => {
      const { first, second, advance } = subject();
      const address = addressOf('renewed');
      const { lease } = await takeFree(first.store, address, 'missing', 100);
      assert.equal(await first.store.renew(address, lease, LEASE_MS), true);
      await advance(120);
      assert.equal((await take(second.store, address)).kind, 'held');
    });

    it('is never re-created by a renewal', async () => {
      const { first, second, advance } = subject();
      const address = addressOf('ended');
      const { lease } = await takeFree(first.store, address, 'missing', 50);
      await advance(70);
      assert.equal(await first.store.renew(address, lease, LEASE_MS), false);
      await takeFree(second.store, address);
      assert.equal(await first.store.renew(address, lease, LEASE_MS), false);
    });

    it('wakes those who wait, however the load ends', async () => {
      const { first, second } = subject();
      const heard = new Recorder();
      second.bus.subscribe(heard);
      const ends: Record<string, () => Promise<unknown>> = {};
      for (const way of ['filled', 'renewed', 'released', 'refused', 'deleted', 'taken over']) {
        const address = addressOf(way, `t:${way}`);
        const granted = await takeFree(first.store, address);
        assert.equal((await take(second.store, address)).kind, 'held');
        ends[way] = async () => {
          if (way === 'released') await first.store.release(address, granted.lease);
          if (way === 'deleted') await first.store.invalidate(invalidation([], [address.key]));
          if (way === 'refused') await first.store.invalidate(invalidation([`t:${way}`]));
          if (way === 'renewed') await first.store.renew(address, granted.lease, LEASE_MS);
          if (['filled', 'renewed', 'refused'].includes(way)) await fill(first.store, address, granted);
          if (way === 'taken over') await fill(first.store, address, await takeFree(first.store, address, 'always'));
        };
      }
      for (const [way, end] of Object.entries(ends)) {
        await end();
        await eventually(`wake-up after a load was ${way}`, () => heard.settledKeys.includes(`item:${way}`));
      }
    });

    it('wakes nobody when nobody waits', async () => {
      const { first, second } = subject();
      const heard = new Recorder();
      second.bus.subscribe(heard);
      await load(first.store, addressOf('alone'));
      await first.store.invalidate(invalidation(['last']));
      await eventually('the later message', () => heard.messages.length > 0);
      assert.deepEqual(heard.settledKeys, []);
    });
  });
}
