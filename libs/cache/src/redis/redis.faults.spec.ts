import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { lost, whole } from '../../spec-support/redis-tier.subject.js';
import { redisCommand, startRedis, tcpProxy } from '../../../../test/support/services.js';
import type { TestRedis } from '../../../../test/support/services.js';
import {
  addressOf,
  eventually,
  fill,
  invalidation,
  load,
  read,
  Recorder,
  rejectsAsUnavailable,
  served,
  setRequest,
  take,
  takeFree,
} from '../../testing/contract.steps.js';
import type { RedisTierOptions } from './connection.options.js';
import { redisTier } from './redis-tier.js';
import type { RedisTier } from './redis-tier.js';

const TIMEOUT_MS = 100;

let server: TestRedis;
let tiers: RedisTier[] = [];

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(tiers.map((tier) => tier.close()));
  tiers = [];
});

function tierOf(options: Partial<RedisTierOptions> = {}): RedisTier {
  const keyPrefix = `${randomBytes(4).toString('hex')}/`;
  const tier = redisTier({ url: server.url, keyPrefix, commandTimeoutMs: TIMEOUT_MS, ...options });
  tiers.push(tier);
  return tier;
}

describe('a Redis that stands still', () => {
  it('fails each call in time, and is used again when it goes on', async () => {
    const tier = tierOf();
    await whole(tier);
    const address = addressOf('x', 't');
    await load(tier.store, address);
    server.signal('SIGSTOP');
    await rejectsAsUnavailable(read(tier.store, address));
    await rejectsAsUnavailable(take(tier.store, address));
    await rejectsAsUnavailable(tier.store.invalidate(invalidation(['t'])));
    server.signal('SIGCONT');
    await eventually('the return', () =>
      served(tier.store, address).then(
        () => true,
        () => false,
      ),
    );
  });

  it('does nothing later with what nobody waits for any more', async () => {
    const keyPrefix = 'late/';
    const tier = tierOf({ keyPrefix });
    await whole(tier);
    const [leased, written] = [addressOf('leased'), addressOf('written')];
    server.signal('SIGSTOP');
    await Promise.all([
      rejectsAsUnavailable(take(tier.store, leased)),
      rejectsAsUnavailable(tier.store.set(setRequest(written, 'late'))),
    ]);
    await sleep(3 * TIMEOUT_MS);
    server.signal('SIGCONT');
    await whole(tier);
    expect(await redisCommand(server, 'EXISTS', `${keyPrefix}_l:${leased.key}`)).toBe(0);
    expect(await redisCommand(server, 'EXISTS', `${keyPrefix}${written.key}`)).toBe(0);
  });
});

describe('a Redis that comes and goes', () => {
  it('may be absent at the start', async () => {
    const proxy = await tcpProxy({ target: server.url });
    await proxy.refuse();
    const tier = tierOf({ url: proxy.url });
    await rejectsAsUnavailable(read(tier.store, addressOf('x')));
    await lost(tier);
    await proxy.restore();
    await whole(tier);
    await load(tier.store, addressOf('x'));
    await tier.close();
    await proxy.close();
  });

  it('serves nothing after a restart, although it kept its data', async () => {
    const kept = await startRedis();
    const tier = tierOf({ url: kept.url });
    await whole(tier);
    const address = addressOf('kept', 't');
    await load(tier.store, address);
    await kept.restart({ keepRdb: true });
    await eventually('the return', () =>
      read(tier.store, address).then(
        () => true,
        () => false,
      ),
    );
    expect((await read(tier.store, address)).envelope).not.toBeNull();
    expect(await served(tier.store, address)).toBeNull();
    await load(tier.store, address, { body: Buffer.from('new') });
    expect(await served(tier.store, address)).toBe('new');
    await tier.close();
    await kept.stop();
  });

  it('breaks every connection and is back, subscription and all', async () => {
    const [first, second] = [tierOf({ keyPrefix: 'kill/' }), tierOf({ keyPrefix: 'kill/' })];
    await Promise.all([first, second].map(whole));
    const heard = new Recorder();
    second.bus.subscribe(heard);
    await redisCommand(server, 'CLIENT', 'KILL', 'SKIPME', 'yes');
    await eventually('the gap', () => heard.gaps.includes('reconnect'));
    await Promise.all([first, second].map(whole));
    await first.store.invalidate(invalidation(['after']));
    await eventually('the message', () => heard.messages.length > 0);
  });

  it('may have forgotten the scripts', async () => {
    const tier = tierOf();
    await whole(tier);
    await redisCommand(server, 'SCRIPT', 'FLUSH');
    const address = addressOf('x', 't');
    const granted = await takeFree(tier.store, address);
    await redisCommand(server, 'SCRIPT', 'FLUSH');
    expect(await fill(tier.store, address, granted)).toBe('filled');
    await redisCommand(server, 'SCRIPT', 'FLUSH');
    await tier.store.invalidate(invalidation(['t']));
    expect(await served(tier.store, address)).toBeNull();
  });

  it('fails everything after close, which may be called twice', async () => {
    const tier = tierOf();
    await whole(tier);
    await tier.close();
    await tier.close();
    await rejectsAsUnavailable(read(tier.store, addressOf('x')));
    await rejectsAsUnavailable(tier.store.invalidate(invalidation(['t'])));
  });
});

describe('a Redis that cannot be used', () => {
  const downCause = (tier: RedisTier): Promise<unknown> =>
    new Promise((resolve) => {
      tier.store.subscribe({ up: () => undefined, down: resolve });
    });

  it('is not, while it is a replica, and is when it was promoted', async () => {
    const replica = await startRedis({ args: ['--replicaof', server.host, String(server.port)] });
    const tier = tierOf({ url: replica.url });
    expect(String(await downCause(tier))).toContain('replica');
    await rejectsAsUnavailable(read(tier.store, addressOf('x')));
    await redisCommand(replica, 'REPLICAOF', 'NO', 'ONE');
    await whole(tier);
    await load(tier.store, addressOf('x'));
    await redisCommand(replica, 'REPLICAOF', server.host, server.port);
    await eventually('the refusal', () =>
      read(tier.store, addressOf('x')).then(
        () => false,
        () => true,
      ),
    );
    await lost(tier);
    await tier.close();
    await replica.stop();
  });

  it('is not, where INFO is forbidden, and says what to do', async () => {
    await redisCommand(server, 'ACL', 'SETUSER', 'blind', 'on', '>secret', '~*', '&*', '+@all', '-info');
    const tier = tierOf({ username: 'blind', password: 'secret' });
    const cause = await downCause(tier);
    expect(cause).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(String(cause)).toMatch(/info.*\+info/);
    await rejectsAsUnavailable(read(tier.store, addressOf('x')));
  });

  it('is not, with a wrong password, and goes on trying', async () => {
    await redisCommand(server, 'ACL', 'SETUSER', 'changing', 'on', '>before', '~*', '&*', '+@all');
    const tier = tierOf({ username: 'changing', password: 'after' });
    expect(String(await downCause(tier))).toContain('WRONGPASS');
    await redisCommand(server, 'ACL', 'SETUSER', 'changing', '>after');
    await whole(tier);
  });
});
