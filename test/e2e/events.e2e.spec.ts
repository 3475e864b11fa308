import { EventEmitter2 } from '@nestjs/event-emitter';
import { CacheEvents, type InvalidationKind } from '@chaincache/cache';
import { CacheRegistry } from '@chaincache/cache/nest';
import pg from 'pg';
import { MinerStatsUpdated } from '../../src/catalog/events/miner-stats-updated.event.js';
import { UserUpdated } from '../../src/catalog/events/user-updated.event.js';
import { EVENT_KINDS } from '../../src/events/event.kinds.js';
import { redisCommand, startRedis, type TestRedis } from '../support/services.js';
import { databaseForSpec } from './database-for-spec.js';
import { address, event, postEvents, resultsOf, transfer } from './events.builder.js';
import { freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

const JWT_SECRET = 'a-secret-of-more-than-32-characters';

describe('POST /api/events', () => {
  let redis: TestRedis;
  let api: TestApi;
  let other: TestApi;
  let psql: pg.Client;

  beforeAll(async () => {
    redis = await startRedis();
    const environment = { JWT_SECRET, REDIS_URL: redis.url };
    [api, other] = await Promise.all([startR3mesApi(environment), startR3mesApi(environment)]);
    await Promise.all([stateIs('ok', api), stateIs('ok', other)]);
    psql = new pg.Client(await databaseForSpec());
    await psql.connect();
    // The libraries of the chain are loaded when they are first needed, which holds a process up for longer than it waits
    // for Redis.
    await statuses([event('tokens.transferred', transfer())]);
    await stateIs('ok', api);
  }, 60_000);

  afterAll(async () => {
    await psql?.end();
    await Promise.all([api?.close(), other?.close()]);
    await redis?.stop();
  });

  async function stateIs(state: 'ok' | 'degraded', instance: TestApi): Promise<void> {
    while ((await instance.get('/health/ready')).body.status !== state) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const statuses = async (events: readonly unknown[], instance = api): Promise<string[]> =>
    (await resultsOf(instance, events)).map(({ status }) => status);

  async function user(): Promise<string> {
    const wallet = freshWallet();
    await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
    return wallet;
  }
  const tierOf = async (wallet: string, instance = api): Promise<string> =>
    (await instance.get(`/api/users/${wallet}`).expect(200)).headers['x-cache'] as string;
  async function cached(wallet: string): Promise<void> {
    while ((await tierOf(wallet)) === 'MISS') await new Promise(setImmediate);
  }
  const heard = (type: string): object[] => {
    const events: object[] = [];
    api.app.get(EventEmitter2).on(type, (one: object) => void events.push(one));
    return events;
  };
  const invalidations = (): { kind: InvalidationKind; names: readonly string[] }[] => {
    const made: { kind: InvalidationKind; names: readonly string[] }[] = [];
    api.app.get(CacheEvents).add({ invalidated: (kind, names) => void made.push({ kind, names }) });
    return made;
  };

  it('makes what an event concerns invalid before it answers', async () => {
    const wallet = await user();
    await cached(wallet);
    expect(await statuses([event('credits.changed', { wallet })])).toEqual(['accepted']);
    expect(await tierOf(wallet)).toBe('MISS');
  });

  it('tells what became of each of 1000 events, with one invalidation for all of them', async () => {
    const wallets = Array.from({ length: 1_000 }, () => freshWallet());
    const told = heard('user.updated');
    const made = invalidations();
    const events = wallets.map((wallet) => event('user.updated', { wallet }));
    const { body } = await postEvents(api, events).expect(202);
    expect(body).toMatchObject({ accepted: 1_000, duplicates: 0, rejected: 0 });
    const naming = made.filter(({ names }) => names.includes(`user:${wallets[0]!}`));
    expect(naming.map(({ kind, names }) => [kind, names.length])).toEqual([['tag', 1_000]]);
    expect(told).toHaveLength(1_000);
  });

  it('takes an event once: in a batch, again, and on another instance', async () => {
    const wallet = await user();
    const one = event('credits.changed', { wallet });
    expect(await statuses([one, one])).toEqual(['accepted', 'duplicate']);
    await cached(wallet);
    const told = heard('credits.changed');
    expect(await statuses([one], other)).toEqual(['duplicate']);
    expect(await statuses([one])).toEqual(['duplicate']);
    expect(await tierOf(wallet)).not.toBe('MISS');
    expect(told).toEqual([]);
    expect(await statuses([{ ...one, source: '/another' }])).toEqual(['accepted']);
    expect(await tierOf(wallet)).toBe('MISS');
  });

  it('takes an event once when it comes to many at the same moment, in any order', async () => {
    const events = Array.from({ length: 50 }, () => event('user.updated', { wallet: freshWallet() }));
    const posts = Array.from({ length: 8 }, (_none, index) =>
      statuses(index % 2 === 0 ? events : events.toReversed(), index % 3 === 0 ? other : api),
    );
    const all = (await Promise.all(posts)).flat();
    expect(all.filter((status) => status === 'accepted')).toHaveLength(50);
    expect(all.filter((status) => status === 'duplicate')).toHaveLength(350);
  });

  it('minds neither order nor age: events say that something changed', async () => {
    const wallet = await user();
    for (const time of ['2025-07-27T12:00:00Z', '2021-01-01T00:00:00+02:00', '2025-07-27T11:59:59.5Z']) {
      await cached(wallet);
      expect(await statuses([event('user.updated', { wallet }, { time })])).toEqual(['accepted']);
      expect(await tierOf(wallet)).toBe('MISS');
    }
  });

  it('takes every event that the service knows', async () => {
    const wallet = freshWallet();
    const sha256 = 'a'.repeat(64);
    const events = [
      event('credits.changed', { wallet }),
      event('user.updated', { wallet }),
      event('user.logged-in', { wallet }),
      event('miner.registered', { wallet }),
      event('miner.stats-updated', { wallet }),
      event('block.created', { height: 7 }),
      event('tx.confirmed', { wallets: [wallet], height: 7 }),
      event('tokens.transferred', transfer()),
      event('chain.reorged', { chainId: 31337, forkHeight: 6, wallets: [address(1)] }),
      event('api-key.created', { sha256 }),
      event('api-key.revoked', { sha256 }),
    ];
    const made = invalidations();
    expect(await statuses(events)).toEqual(events.map(() => 'accepted'));
    const names = made.flatMap((one) => one.names);
    for (const name of [`user:${wallet}`, `miner:${wallet}`, 'chain', `wallet:${address(1)}`, `api:key:${sha256}`]) {
      expect(names).toContain(name);
    }
  });

  it('demands of a wallet the block of its newest transfer, with the answer', async () => {
    const [from, to] = [address(11), address(12)];
    const events = [3, 5, 4].map((blockNumber) => event('tokens.transferred', transfer({ from, to, blockNumber })));
    expect(await statuses(events)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(await redisCommand(redis, 'GET', `_h:wallet:${from}`)).toBe('5');
    expect(await redisCommand(redis, 'GET', `_h:wallet:${to}`)).toBe('5');
  });

  it('answers 503 when the database cannot be used, and has then taken nothing', async () => {
    const wallet = await user();
    const events = [event('user.updated', { wallet })];
    await cached(wallet);
    const lock = new pg.Client(await databaseForSpec());
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE chaincache.received_events');
    try {
      await postEvents(api, events).expect(503);
    } finally {
      await lock.end();
    }
    expect(await tierOf(wallet)).not.toBe('MISS');
    expect(await statuses(events)).toEqual(['accepted']);
    expect(await tierOf(wallet)).toBe('MISS');
  }, 20_000);

  it('forgets events after a while, so that the table stays small', async () => {
    const one = event('user.updated', { wallet: freshWallet() });
    await statuses([one]);
    await psql.query(`UPDATE chaincache.received_events SET received_at = now() - interval '11 minutes'`);
    await statuses(Array.from({ length: 1_000 }, () => event('user.updated', { wallet: freshWallet() })));
    const { rows } = await psql.query(
      "SELECT min(received_at) > now() - interval '1 minute' AS young FROM chaincache.received_events",
    );
    expect(rows[0].young).toBe(true);
    expect(await statuses([one])).toEqual(['accepted']);
  });

  it('takes events while Redis is away, and nothing stale is served when it is back', async () => {
    const wallet = await user();
    await cached(wallet);
    redis.signal('SIGSTOP');
    try {
      await stateIs('degraded', api);
      await psql.query(`SET session_replication_role = replica`);
      await psql.query(`UPDATE chaincache.users SET display_name = 'new' WHERE wallet_address = $1`, [wallet]);
      await psql.query(`SET session_replication_role = DEFAULT`);
      expect(await statuses([event('user.updated', { wallet })])).toEqual(['accepted']);
      expect((await api.get(`/api/users/${wallet}`)).body.display_name).toBe('new');
    } finally {
      redis.signal('SIGCONT');
    }
    await Promise.all([stateIs('ok', api), stateIs('ok', other)]);
    for (const instance of [api, other]) {
      expect((await instance.get(`/api/users/${wallet}`)).body.display_name).toBe('new');
    }
  }, 20_000);

  describe('events that the application tells itself', () => {
    it('have a listener each, unless they make nothing invalid', () => {
      const listened = api.app
        .get(CacheRegistry)
        .listeners()
        .map(({ eventName }) => eventName);
      const known = [...EVENT_KINDS.keys()].filter((type) => type !== 'user.logged-in');
      expect(new Set(listened)).toEqual(new Set(known));
      expect(listened).toHaveLength(known.length);
    });

    it('make invalid what they concern', async () => {
      const wallet = await user();
      await cached(wallet);
      const emitter = api.app.get(EventEmitter2);
      await emitter.emitAsync(MinerStatsUpdated.type, new MinerStatsUpdated(wallet));
      expect(await tierOf(wallet)).not.toBe('MISS');
      await emitter.emitAsync(UserUpdated.type, new UserUpdated(wallet));
      expect(await tierOf(wallet)).toBe('MISS');
    });
  });
});
