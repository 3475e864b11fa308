import { strict as assert } from 'node:assert';
import { addressOf, eventually, invalidation, Recorder, setRequest } from './contract.steps.js';
import { eachWithSubject } from './each.subject.js';
import type { BusSubject } from './store.subject.js';
import { globalHarness } from './test.harness.js';
import type { TestHarness } from './test.harness.js';

/** What every bus must promise. @param harness the runner's functions where they are not global */
export function describeBusContract(
  name: string,
  make: () => Promise<BusSubject>,
  harness: TestHarness = globalHarness(),
): void {
  const { it } = harness;

  harness.describe(`${name} as a bus`, () => {
    const subject = eachWithSubject(harness, make);
    const listen = (): { first: Recorder; second: Recorder } => {
      const heard = { first: new Recorder(), second: new Recorder() };
      subject().first.bus.subscribe(heard.first);
      subject().second.bus.subscribe(heard.second);
      return heard;
    };

    it('tells other processes what became invalid, in order', async () => {
      const heard = listen();
      const sent = [invalidation(['a', 'ü🏷']), invalidation([], ['item:"x"']), invalidation(['b'], ['item:y'], 17)];
      for (const message of sent) await subject().first.store.invalidate(message);
      await eventually('three messages', () => heard.second.messages.length === 3);
      assert.deepEqual(heard.second.messages, sent);
      assert.deepEqual(heard.second.gaps, []);
    });

    it('does not tell a process what it invalidated itself', async () => {
      const heard = listen();
      await subject().first.store.invalidate(invalidation(['mine']));
      await subject().second.store.invalidate(invalidation(['theirs']));
      await eventually('the other’s message', () => heard.first.messages.length > 0);
      assert.deepEqual(heard.first.messages, [invalidation(['theirs'])]);
    });

    it('tells of a value that was set', async () => {
      const heard = listen();
      const request = setRequest(addressOf('set'), 'value');
      await subject().first.store.set(request);
      await eventually('the message', () => heard.second.messages.length > 0);
      assert.deepEqual(heard.second.messages, [request.message]);
    });

    it('carries a message that names a thousand keys', async () => {
      const heard = listen();
      const keys = Array.from({ length: 1_000 }, (_, index) => `item:${index}`);
      await subject().first.store.invalidate(invalidation([], keys));
      await eventually('the message', () => heard.second.messages.length > 0);
      assert.deepEqual(heard.second.messages[0]?.keys, keys);
    });

    it('makes a lost message a gap when the next one arrives', async () => {
      const { first, loseNext } = subject();
      const heard = listen();
      await first.store.invalidate(invalidation(['one']));
      await eventually('the first message', () => heard.second.messages.length === 1);
      await loseNext();
      await first.store.invalidate(invalidation(['two']));
      await first.store.invalidate(invalidation(['three']));
      await eventually('the third message', () => heard.second.messages.length === 2);
      assert.deepEqual(heard.second.gaps, ['sequence']);
    });

    it('makes a lost last message a gap by the next heartbeat', async () => {
      const { first, loseNext, advance, silenceAfterMs } = subject();
      const heard = listen();
      await loseNext();
      await first.store.invalidate(invalidation(['lost']));
      await advance(silenceAfterMs);
      await eventually('the gap', () => heard.second.gaps.length > 0);
      assert.deepEqual(heard.second.gaps, ['sequence']);
      assert.deepEqual(heard.second.messages, []);
    });

    it('makes a broken subscription a gap when it is mended, and hears again', async () => {
      const { first, cut, mend } = subject();
      const heard = listen();
      await cut();
      await first.store.invalidate(invalidation(['unheard']));
      await mend();
      await eventually('the gap', () => heard.second.gaps.includes('reconnect'));
      await first.store.invalidate(invalidation(['heard']));
      await eventually('the next message', () => heard.second.messages.length > 0);
      assert.deepEqual(heard.second.messages, [invalidation(['heard'])]);
    });

    it('makes silence a gap, once for an outage', async () => {
      const { second, mute, advance, silenceAfterMs } = subject();
      const heard = listen();
      await mute(true);
      await advance(3 * silenceAfterMs);
      await eventually('the gap', () => heard.second.gaps.length > 0);
      assert(second.bus.silenceMs() >= silenceAfterMs / 2);
      await mute(false);
      assert.equal(heard.second.gaps.filter((reason) => reason === 'silence').length, 1);
    });

    it('is never silent while it is whole, though nobody invalidates anything', async () => {
      const { second, advance, silenceAfterMs } = subject();
      const heard = listen();
      await advance(3 * silenceAfterMs);
      assert.deepEqual(heard.second.gaps, []);
      assert(second.bus.silenceMs() < silenceAfterMs);
    });

    it('tells nothing more to one who stopped listening', async () => {
      const { first, second } = subject();
      const stopped = new Recorder();
      second.bus.subscribe(stopped)();
      const heard = listen();
      await first.store.invalidate(invalidation(['t']));
      await eventually('the message', () => heard.second.messages.length > 0);
      assert.deepEqual(stopped.messages, []);
    });
  });
}
