import { Catalog, defineEntry, type Cache } from '@chaincache/cache';
import { ManualClock } from '@chaincache/cache/testing';
import { sharedRedisUrl, tcpProxy, type TcpProxy } from '../support/services.js';
import { Instances } from './instances.js';

const FOREVER_MS = 1_000_000_000;
const STALENESS_MS = 5_000;
const KEYS = 50;
const balances = defineEntry<string>()('balances', 'tokens:{address}', { staleness: STALENESS_MS });
const patient = defineEntry<string>()('reports', 'reports:{address}', { staleness: '1h', fresh: '2h' });
const catalog = new Catalog([balances, patient]);
const refs = Array.from({ length: KEYS }, (_none, index) => balances.ref({ address: `0x${index}` }));

describe('an L1 whose subscriber was cut', () => {
  const instances = new Instances();
  let proxy: TcpProxy;
  let invalidating: Cache;
  beforeEach(async () => {
    proxy = await tcpProxy({ target: sharedRedisUrl() });
    invalidating = await instances.start({ catalog });
  });
  afterEach(async () => {
    await instances.stop();
    await proxy.close();
  });

  /** From now on nothing arrives over the connection that listens, and nothing tells so. */
  const cut = (): void => proxy.delay(FOREVER_MS, { after: 'subscribe' });

  it('is never staler than S, in 50 of 50 tries, even where silence goes unnoticed', async () => {
    const clock = new ManualClock(1_000);
    const reader = await instances.start({ catalog, clock }, { url: proxy.url, heartbeatMs: FOREVER_MS });
    const read = (value: string) => Promise.all(refs.map((ref) => reader.manager.getOrSetResult(ref, () => value)));
    await read('old');
    cut();
    expect(await invalidating.invalidator.invalidateByPattern('tokens:*')).toMatchObject({ status: 'applied' });

    await clock.advance(STALENESS_MS - 1);
    // That it is still served shows that nobody told it.
    expect((await read('new')).every(({ tier, value }) => tier === 'L1' && value === 'old')).toBe(true);
    await clock.advance(1);
    expect((await read('new')).every(({ value }) => value === 'new')).toBe(true);
  });

  it('forgets everything when it no longer hears the others, long before S', async () => {
    const reader = await instances.start({ catalog }, { url: proxy.url });
    const ref = patient.ref({ address: 'a' });
    await reader.manager.getOrSet(ref, () => 'old');
    const silence = new Promise((resolve) => reader.events.add({ flushed: resolve }));
    cut();
    expect(await invalidating.invalidator.invalidateKeys([ref])).toMatchObject({ status: 'applied' });
    await silence;
    expect(await reader.manager.getOrSet(ref, () => 'new')).toBe('new');
  });
});
