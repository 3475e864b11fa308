import { createCache, defineEntry } from '@chaincache/cache';
import { ManualClock } from '@chaincache/cache/testing';
import { readConfig } from '../config/config.reader.js';
import { withUpstream } from '../config/app.config.js';
import { clientContext } from './client.context.js';
import { ColdLoadLimiter, ColdLoadRefused } from './cold-load.limiter.js';

const entry = defineEntry<string>()('test', 'test:{id}', { fresh: '10s', grace: '1h', jitter: 0 });

describe('the limit on cold loads', () => {
  const clock = new ManualClock();
  const cache = createCache({ clock });
  const config = withUpstream(readConfig({ RATE_LIMIT_COLD_LOADS: '1', RATE_LIMIT_BURST: '2' }), {
    insight: { url: '', clientId: '', secretKey: undefined },
    bridgeUrl: '',
    evmChains: [],
  });
  let limiter: ColdLoadLimiter;
  let loads: string[];

  beforeEach(async () => {
    limiter = new ColdLoadLimiter(cache.manager, config);
    loads = [];
    await cache.invalidator.invalidateAll();
  });

  afterAll(() => cache.close());

  function read(id: string, client: string, gate: Promise<void> = Promise.resolve()): Promise<string> {
    const load = async (): Promise<string> => {
      limiter.admit();
      loads.push(id);
      await gate;
      return `value ${id}`;
    };
    return clientContext.run({ client, requestId: 'r' }, () =>
      limiter.read(entry.ref({ id }), () => cache.manager.getOrSet(entry.ref({ id }), load)),
    );
  }

  it('refuses a client beyond it before the source is asked, and says for how long', async () => {
    await Promise.all([read('1', 'a'), read('2', 'a')]);
    const refused = read('3', 'a');
    await expect(refused).rejects.toThrow(ColdLoadRefused);
    await expect(refused).rejects.toMatchObject({ client: 'a', retryAfterMs: expect.any(Number) as number });
    expect(loads).toEqual(['1', '2']);
  });

  it('never refuses a hit', async () => {
    await Promise.all([read('1', 'a'), read('2', 'a')]);
    expect(await Promise.all(['1', '2', '1', '2'].map((id) => read(id, 'a')))).toHaveLength(4);
  });

  it('counts a load that many share once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => read('1', 'a')));
    await read('2', 'a');
    expect(loads).toEqual(['1', '2']);
  });

  it('gives a client that joined another’s refused load one of its own', async () => {
    // All of a's reads begin before any of its loads is counted: the third is refused while b waits for it.
    const flood = [read('1', 'a'), read('2', 'a'), read('3', 'a')].map((answer) =>
      answer.catch((error: unknown) => error),
    );
    const honest = read('3', 'b');
    expect((await Promise.all(flood))[2]).toBeInstanceOf(ColdLoadRefused);
    expect(await honest).toBe('value 3');
  });

  it('gives a client beyond it nothing that has expired, and keeps nobody else on it', async () => {
    await Promise.all([read('1', 'a'), read('2', 'a')]);
    await clock.advance(11_000);
    await expect(read('1', 'a')).rejects.toThrow(ColdLoadRefused);
    await read('1', 'b');
    expect(loads).toEqual(['1', '2', '1']);
  });

  it('lets a hit refresh what will soon expire, whoever hits', async () => {
    await Promise.all([read('1', 'a'), read('2', 'a')]);
    await clock.advance(9_000);
    await read('1', 'a');
    await clock.advance(0);
    expect(loads).toEqual(['1', '2', '1']);
  });

  it('does not count work that no client asked for', async () => {
    for (const id of ['1', '2', '3', '4']) {
      await cache.manager.getOrSet(entry.ref({ id }), () => {
        limiter.admit();
        return id;
      });
    }
  });
});
