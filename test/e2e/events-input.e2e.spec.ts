import { BATCH, event, postEvents, resultsOf, transfer } from './events.builder.js';
import { ADMIN, freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

describe('what is posted to /api/events', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startR3mesApi();
  }, 60_000);

  afterAll(() => api?.close());

  const wallets = (count: number): string[] => Array.from({ length: count }, () => freshWallet());

  it.each([
    ['one event', 'application/cloudevents+json', (one: object) => one],
    ['a batch', 'application/cloudevents-batch+json', (one: object) => [one]],
    ['one event as plain JSON', 'application/json', (one: object) => one],
    ['an array as plain JSON', 'application/json', (one: object) => [one]],
    ['a batch with a charset', 'application/cloudevents-batch+json; charset=utf-8', (one: object) => [one]],
  ])('takes %s', async (_what, type, wrap) => {
    const one = event('block.created', { height: 1 });
    const { body } = await postEvents(api, wrap(one), { ...ADMIN, 'content-type': type }).expect(202);
    expect(body).toEqual({ accepted: 1, duplicates: 0, rejected: 0, results: [{ id: one.id, status: 'accepted' }] });
  });

  it.each<[string, (wallet: string) => object, string]>([
    ['an unknown type', (wallet) => event('user.exploded', { wallet }), 'type: should be one of'],
    ['an unknown version', (wallet) => event('user.updated.v2', { wallet }), 'type: version 2 of user.updated'],
    ['a time far ahead', (w) => event('user.updated', { wallet: w }, { time: '2999-01-01T00:00:00Z' }), 'time:'],
    ['a time that is none', (wallet) => event('user.updated', { wallet }, { time: 'yesterday' }), 'time:'],
    ['another specversion', (wallet) => event('user.updated', { wallet }, { specversion: '0.3' }), 'specversion:'],
    ['no id', (wallet) => event('user.updated', { wallet }, { id: undefined }), 'id:'],
    ['an empty source', (wallet) => event('user.updated', { wallet }, { source: '' }), 'source:'],
    [
      'data that is not JSON',
      (w) => event('user.updated', { wallet: w }, { datacontenttype: 'text/xml' }),
      'datacontent',
    ],
    ['no data', () => event('user.updated', undefined), 'data'],
    ['a wallet that is none', () => event('user.updated', { wallet: 'bob' }), 'data.wallet:'],
    ['a height that is none', () => event('block.created', { height: -1 }), 'data.height:'],
    ['a chain that is not served', () => event('tokens.transferred', transfer({ chainId: 5 })), 'data.chainId:'],
    [
      'a reorganisation of a chain that is not served',
      () => event('chain.reorged', { chainId: 5, forkHeight: 1, wallets: [] }),
      'data.chainId:',
    ],
    ['an address that is none', () => event('tokens.transferred', transfer({ to: '0x1' })), 'data.to:'],
    ['101 wallets', () => event('tx.confirmed', { wallets: wallets(101), height: 1 }), 'data.wallets:'],
    ['a hash that is none', () => event('api-key.revoked', { sha256: 'A'.repeat(64) }), 'data.sha256:'],
  ])('rejects %s, says why, and takes the rest of the batch', async (_what, make, reason) => {
    const wallet = freshWallet();
    const [bad, good] = await resultsOf(api, [make(wallet), event('user.updated', { wallet })]);
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.stringContaining(reason) as string });
    expect(good).toMatchObject({ status: 'accepted' });
  });

  it.each([[null], [1], ['text'], [[]]])('rejects %j in a batch', async (bad) => {
    expect(await resultsOf(api, [bad])).toEqual([
      { id: null, status: 'rejected', reason: expect.any(String) as string },
    ]);
  });

  it.each<[string, () => object, string]>([
    ['an unknown type', () => event('user.exploded', {}), 'type: should be one of'],
    ['an unknown version', () => event('user.updated.v2', {}), 'type: version 2 of user.updated'],
    ['a time far ahead', () => event('user.updated', {}, { time: '2999-01-01T00:00:00Z' }), 'time:'],
    ['no data', () => event('user.updated', undefined), 'data'],
  ])('refuses %s that comes alone, not in a batch', async (_what, make, detail) => {
    const { body } = await postEvents(api, make(), ADMIN).expect(400);
    expect(body.detail).toContain(detail);
  });

  it('takes version 1 by its name as well, extensions, and fields that a version may gain', async () => {
    const wallet = freshWallet();
    const events = [
      event(
        'user.updated.v1',
        { wallet, colour: 'red' },
        { traceparent: '00-0af7', dataschema: 'https://x.example/1' },
      ),
    ];
    expect((await resultsOf(api, events)).map(({ status }) => status)).toEqual(['accepted']);
  });

  it.each<[string, string, number]>([
    ['broken JSON', '[{', 400],
    ['a number', '7', 400],
    ['null', 'null', 400],
    ['an empty body', '', 400],
    ['1001 events', JSON.stringify(Array.from({ length: 1_001 }, () => ({}))), 413],
    ['more than 1 MiB', JSON.stringify([{ data: 'x'.repeat(1_048_576) }]), 413],
  ])('refuses %s as a whole', async (_what, body, code) => {
    const answer = await postEvents(api, body).expect(code);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  it('takes an empty batch', async () => {
    expect((await postEvents(api, []).expect(202)).body).toEqual({
      accepted: 0,
      duplicates: 0,
      rejected: 0,
      results: [],
    });
  });

  it('is for API keys with events:write alone', async () => {
    const anybody = await postEvents(api, [], { 'content-type': 'application/cloudevents-batch+json' }).expect(401);
    expect(anybody.headers['www-authenticate']).toMatch(/^Bearer/);
    const wanted = { walletAddress: freshWallet(), scopes: ['users:write', 'cache:admin'] };
    const { key } = (await api.send('post', '/api/api-keys', wanted).expect(201)).body as { key: string };
    await postEvents(api, [], { ...BATCH, authorization: `Bearer ${key}` }).expect(403);
  });
});
