import { createServer } from 'node:tls';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { whole } from '../../spec-support/redis-tier.subject.js';
import { selfSignedCertificate } from '../../../../test/support/self-signed.certificate.js';
import { redisCommand, sharedRedisUrl, startRedis } from '../../../../test/support/services.js';
import type { TestRedis } from '../../../../test/support/services.js';
import { addressOf, eventually, invalidation, load, Recorder, served, take } from '../../testing/contract.steps.js';
import { ACL_COMMANDS, checkOptions } from './connection.options.js';
import { redisTier } from './redis-tier.js';

describe('how Redis is reached', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  it('by a user who may do no more than is documented', async () => {
    const allowed = ACL_COMMANDS.map((name) => `+${name}`);
    await redisCommand(server, 'ACL', 'SETUSER', 'cache', 'on', '>secret', '~app/*', '&app/*', '-@all', ...allowed);
    const options = {
      url: server.url,
      username: 'cache',
      password: 'secret',
      keyPrefix: 'app/',
      commandTimeoutMs: 1_000,
    };
    const [first, second] = [redisTier(options), redisTier(options)];
    await Promise.all([first, second].map(whole));
    const heard = new Recorder();
    second.bus.subscribe(heard);
    const address = addressOf('x', 't');
    await load(first.store, address);
    expect((await take(first.store, address, 'refresh')).kind).toBe('granted');
    expect((await take(second.store, address, 'refresh')).kind).toBe('held');
    await first.store.inspect(address);
    await first.store.invalidate(invalidation(['t'], [address.key], 7));
    expect(await served(second.store, address)).toBeNull();
    await eventually('the message', () => heard.messages.length > 0 && heard.settledKeys.length === 1);
    await load(first.store, addressOf('dead', 'u'));
    await first.store.invalidate(invalidation(['*']));
    expect((await first.sweep({ pauseMs: 0 })).removed).toBe(1);
    await first.sideData.set('x', 'text', 1_000);
    expect(await second.sideData.get('x')).toBe('text');
    await first.sideData.del('x');
    expect(await second.sideData.ttl('x')).toBeNull();
    await Promise.all([first.close(), second.close()]);
  });

  it('over TLS, whose certificate is checked', async () => {
    const { key, cert } = selfSignedCertificate();
    const gate = createServer({ key, cert }, (socket) => {
      const inner = connect(server.port, server.host);
      socket.on('error', () => inner.destroy()).pipe(inner);
      inner.on('error', () => socket.destroy()).pipe(socket);
    });
    await new Promise<void>((resolve) => {
      gate.listen(0, '127.0.0.1', resolve);
    });
    const url = `rediss://localhost:${(gate.address() as AddressInfo).port}`;
    const trusting = redisTier({ url, tls: { ca: cert }, commandTimeoutMs: 1_000 });
    await whole(trusting);
    await load(trusting.store, addressOf('tls'));
    const doubting = redisTier({ url, commandTimeoutMs: 1_000 });
    const cause = await new Promise((resolve) => {
      doubting.store.subscribe({ up: () => resolve('connected'), down: resolve });
    });
    expect(String(cause)).toContain('self-signed certificate');
    await Promise.all([trusting.close(), doubting.close()]);
    await new Promise((resolve) => {
      gate.close(resolve);
    });
  });

  it('in a database of its own, apart from another prefix in the same', async () => {
    const options = { url: `${server.url}/3`, commandTimeoutMs: 1_000 };
    const [ours, theirs] = [redisTier({ ...options, keyPrefix: 'a:' }), redisTier({ ...options, keyPrefix: 'b:' })];
    await Promise.all([ours, theirs].map(whole));
    await load(ours.store, addressOf('x'));
    await theirs.store.invalidate(invalidation(['*'], ['item:x']));
    expect(await served(ours.store, addressOf('x'))).toBe('value');
    expect(await served(theirs.store, addressOf('x'))).toBeNull();
    const keys = ours.client as { keys(pattern: string): Promise<string[]> };
    expect((await keys.keys('*')).sort()).toEqual(['a:_v:*', 'a:_v:item:', 'a:item:x']);
    await Promise.all([ours.close(), theirs.close()]);
  });
});

describe('options that cannot be right', () => {
  const place = { url: sharedRedisUrl() };
  it.each([
    ['no place at all', {}],
    ['two places', { ...place, cluster: [{ host: 'a', port: 1 }] }],
    ['sentinels without a name', { sentinels: [{ host: 'a', port: 1 }] }],
    ['no sentinel', { sentinels: [], name: 'x' }],
    ['no node', { cluster: [] }],
    ['a database of a Cluster', { cluster: [{ host: 'a', port: 1 }], db: 2 }],
    ['a URL of something else', { url: 'http://localhost' }],
    ['no heartbeat', { ...place, heartbeatMs: 0 }],
    ['no time for a command', { ...place, commandTimeoutMs: Number.NaN }],
  ])('are refused: %s', (_name, options) => {
    expect(() => checkOptions(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('are not refused when they are right', () => {
    checkOptions(place);
    checkOptions({ sentinels: [{ host: 'a', port: 1 }], name: 'x', heartbeatMs: 100 });
  });
});
