import { strict as assert } from 'node:assert';
import {
  addressOf,
  eventually,
  fill,
  invalidation,
  load,
  read,
  rejectsAsUnavailable,
  served,
  setRequest,
  take,
  takeFree,
} from './contract.steps.js';
import { eachWithSubject } from './each.subject.js';
import type { TierSubject } from './store.subject.js';
import type { TestHarness } from './test.harness.js';

export function describeStoreFaults(harness: TestHarness, make: () => Promise<TierSubject>): void {
  const { it } = harness;

  harness.describe('a poisoned server', () => {
    const subject = eachWithSubject(harness, make);

    for (const [name, poison] of [
      ['bytes that are no entry', Buffer.from('{"v":1}')],
      ['an entry that was cut short', Buffer.from([0xcc, 1, 0, 2, 0, 1])],
      [
        'an entry that claims more tags than it has bytes',
        Buffer.concat([Buffer.from([0xcc, 1, 0, 255]), Buffer.alloc(40)]),
      ],
      ['nothing but an empty value', Buffer.alloc(0)],
      ['something that is no string', 'wrong-type'],
    ] as const) {
      it(`heals by the next load where it holds ${name}`, async () => {
        const { first, second, poisonEntry } = subject();
        const address = addressOf('poisoned', 't');
        await load(first.store, address);
        await poisonEntry(address.key, poison);
        assert.equal(await served(second.store, address), null);
        const granted = await takeFree(second.store, address);
        assert.equal(await fill(second.store, address, granted), 'filled');
        assert.equal(await served(first.store, address), 'value');
      });

      it(`can be written and invalidated where it holds ${name}`, async () => {
        const { first, poisonEntry } = subject();
        const address = addressOf('poisoned');
        await poisonEntry(address.key, poison);
        assert.equal(await first.store.set(setRequest(address, 'written')), 'filled');
        assert.equal(await served(first.store, address), 'written');
        await poisonEntry(address.key, poison);
        await first.store.inspect(address);
        await first.store.invalidate(invalidation([], [address.key]));
        assert.equal((await read(first.store, address)).envelope, null);
      });
    }

    for (const [name, poison] of [
      ['a version of another length', Buffer.from('1')],
      ['a version that is no string', 'wrong-type'],
    ] as const) {
      it(`heals by the next load where it holds ${name}`, async () => {
        const { first, poisonVersion } = subject();
        const address = addressOf('poisoned', 't');
        await load(first.store, address);
        await poisonVersion('t', poison);
        assert.equal((await read(first.store, address)).versions[0], null);
        const granted = await takeFree(first.store, address);
        assert.equal(await fill(first.store, address, granted), 'filled');
        assert.equal(await served(first.store, address), 'value');
        await poisonVersion('t', poison);
        await first.store.invalidate(invalidation(['t']));
        await load(first.store, address);
        assert.equal(await served(first.store, address), 'value');
      });
    }
  });

  harness.describe('a full server', () => {
    const subject = eachWithSubject(harness, make);

    it('refuses fills, says so, and gives their leases back', async () => {
      const { first, second, setFull } = subject();
      const address = addressOf('large', 't');
      const granted = await takeFree(first.store, address);
      await setFull(true);
      assert.equal(await fill(first.store, address, granted), 'full');
      assert.equal((await first.store.inspect(address)).lease, null);
      await setFull(false);
      await load(second.store, address);
    });

    it('lets loads go on', async () => {
      const { first, setFull } = subject();
      await setFull(true);
      const granted = await takeFree(first.store, addressOf('large', 't'));
      assert.equal(await fill(first.store, addressOf('large', 't'), granted), 'full');
      await first.store.release(addressOf('large', 't'), granted.lease);
      await setFull(false);
    });

    it('still invalidates tags and keys, and still knows demanded heights', async () => {
      const { first, second, setFull } = subject();
      const [tagged, keyed] = [addressOf('tagged', 't'), addressOf('keyed', 'u')];
      await load(first.store, tagged);
      await load(first.store, keyed);
      await setFull(true);
      await second.store.invalidate(invalidation(['t'], [keyed.key], 7));
      assert.equal(await served(first.store, tagged), null);
      assert.equal((await read(first.store, keyed)).envelope, null);
      await setFull(false);
      const reply = await take(first.store, tagged);
      assert(reply.kind === 'granted' && reply.minHeight === 7);
    });

    it('keeps no older value when a new one could not be set', async () => {
      const { first, setFull } = subject();
      const address = addressOf('written');
      await first.store.set(setRequest(address, 'old'));
      await setFull(true);
      assert.equal(await first.store.set(setRequest(address, 'new')), 'full');
      assert.equal((await read(first.store, address)).envelope, null);
      await setFull(false);
    });
  });

  harness.describe('a server that cannot be reached', () => {
    const subject = eachWithSubject(harness, make);

    it('makes every call fail as unavailable rather than hang', async () => {
      const { first, setDown } = subject();
      const address = addressOf('x', 't');
      const granted = await takeFree(first.store, address);
      await setDown(true);
      const { store } = first;
      await rejectsAsUnavailable(read(store, address));
      await rejectsAsUnavailable(take(store, address));
      await rejectsAsUnavailable(fill(store, address, granted));
      await rejectsAsUnavailable(store.release(address, granted.lease));
      await rejectsAsUnavailable(store.renew(address, granted.lease, 1_000));
      await rejectsAsUnavailable(store.set(setRequest(address, 'x')));
      await rejectsAsUnavailable(store.invalidate(invalidation(['t'])));
      await rejectsAsUnavailable(store.inspect(address));
      await setDown(false);
    });

    it('is told as down once and as up once, and then works', async () => {
      const { first, setDown } = subject();
      const told: string[] = [];
      first.store.subscribe({ up: () => told.push('up'), down: () => told.push('down') });
      assert.deepEqual(told, ['up'], 'a subscriber is told the present state at once');
      await setDown(true);
      await eventually('news of the loss', () => told.length === 2);
      await setDown(false);
      await eventually('news of the return', () => told.length === 3);
      assert.deepEqual(told, ['up', 'down', 'up']);
      await load(first.store, addressOf('after'));
    });

    it('is no longer told to one who stopped listening', async () => {
      const { first, second, setDown } = subject();
      const told: string[] = [];
      const stop = first.store.subscribe({ up: () => told.push('up'), down: () => told.push('down') });
      stop();
      let others = 0;
      second.store.subscribe({ up: () => undefined, down: () => void (others += 1) });
      await setDown(true);
      await eventually('news of the loss', () => others === 1);
      await setDown(false);
      assert.deepEqual(told, ['up']);
    });
  });
}
