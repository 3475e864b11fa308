import { getV1Tokens, type GetV1TokensData } from '@thirdweb-dev/insight';
import type { Address } from 'viem';
import { type Devnet, startDevnet } from '../devnet.js';
import { NATIVE_TOKEN } from '../chain/contract.abis.js';
import type { TokenKind } from '../chain/token.catalog.js';

type Query = Partial<GetV1TokensData['query']>;

jest.setTimeout(20_000);

describe('what the indexer answers', () => {
  let devnet: Devnet;
  let alice: Address;
  let bob: Address;
  let carol: Address;

  beforeAll(async () => {
    devnet = await startDevnet({ chainIds: [31337, 31338] });
    [alice, bob, carol] = devnet.wallets.map(({ address }) => address) as [Address, Address, Address];
  });
  afterAll(() => devnet.stop());

  const ask = (owner: Address, query: Query = {}) =>
    getV1Tokens({
      baseUrl: devnet.insight.url,
      headers: { 'x-client-id': devnet.insight.clientId },
      query: {
        chain_id: [31337],
        owner_address: [owner],
        include_spam: 'true',
        metadata: 'true',
        limit: 500,
        ...query,
      },
    });
  const list = async (owner: Address, query: Query = {}) => {
    const { data, error } = await ask(owner, query);
    if (!data) throw new Error(JSON.stringify(error));
    return data.data;
  };
  const tokenOf = (kind: TokenKind) => devnet.evm.tokens.find((token) => token.kind === kind)!;
  const rowOf = async (kind: TokenKind) => {
    const rows = await list(alice, { token_address: [tokenOf(kind).address] });
    return rows[0];
  };

  it("equals balanceOf on the chain for each of a wallet's 120 tokens, over all pages of thirdweb's own client", async () => {
    const rows = [];
    for (let page = 0; ; page += 1) {
      const next = await list(alice, { limit: 50, page });
      rows.push(...next);
      if (next.length < 50) break;
    }
    const onChain = await Promise.all(
      devnet.evm.tokens.map(async ({ address }) => [
        address.toLowerCase(),
        String(await devnet.control.chain().balanceOf(address, alice)),
      ]),
    );
    expect(rows).toHaveLength(120);
    expect(Object.fromEntries(rows.map((row) => [row.token_address, row.balance]))).toEqual(
      Object.fromEntries(onChain),
    );
  });

  it('has tokens of every kind, told as their contracts tell them', async () => {
    expect(await rowOf('stable')).toMatchObject({ symbol: 'USDC', decimals: 6, price_data: { price_usd: 1 } });
    expect(new Set((await list(alice)).map(({ decimals }) => decimals))).toEqual(new Set([0, 6, 8, 18, undefined]));
    expect(await rowOf('unpriced')).not.toHaveProperty('price_data');
    expect(Array.from((await rowOf('long-name'))!.name!)).toHaveLength(300);
    expect(await rowOf('empty-symbol')).toMatchObject({ symbol: '' });
    expect(BigInt((await rowOf('huge-balance'))!.balance)).toBeGreaterThan(2n ** 128n);
    expect(await rowOf('zero-decimals')).toMatchObject({
      decimals: 0,
      balance: '17',
      price_data: { usd_value: 212.5 },
    });
    expect((await rowOf('dust'))!.price_data!.usd_value).toBeLessThan(0.01);
    const nameless = await rowOf('nameless');
    expect(Object.keys(nameless!).sort()).toEqual(['balance', 'chain_id', 'token_address']);
  });

  it('holds a handful for the second wallet and nothing for the third', async () => {
    expect(await list(bob)).toHaveLength(devnet.chains[1]!.tokens.length);
    expect(await list(carol, { include_native: 'true', chain_id: [31337, 31338] })).toEqual([]);
  });

  it('leaves spam out unless asked for it, also the kind that has a price', async () => {
    const spam = [tokenOf('spam'), tokenOf('priced-spam')].map(({ address }) => address.toLowerCase());
    const without = (await list(alice, { include_spam: 'false' })).map((row) => row.token_address);
    expect(without).toHaveLength(118);
    expect(without.filter((address) => spam.includes(address))).toEqual([]);
  });

  it('tells the native coin, metadata and unpriced tokens as the query says', async () => {
    const native = await list(alice, { include_native: 'true', token_address: [NATIVE_TOKEN] });
    expect(native).toMatchObject([{ symbol: 'ETH', decimals: 18, price_data: { price_usd: 2500 } }]);
    const [bare] = await list(alice, { metadata: 'false', token_address: [tokenOf('stable').address] });
    expect(Object.keys(bare!).sort()).toEqual(['balance', 'chain_id', 'token_address']);
    const priced = await list(alice, { include_without_price: 'false' });
    expect(priced.length).toBeLessThan(120);
    expect(priced.every((row) => row.price_data !== undefined)).toBe(true);
  });

  it.each([
    ['usd_value', (row: Row) => row.price_data?.usd_value ?? -1],
    ['token_price', (row: Row) => row.price_data?.price_usd ?? -1],
    ['balance', (row: Row) => BigInt(row.balance)],
    ['token_address', (row: Row) => BigInt(row.token_address)],
  ] as const)('sorts by %s in both directions, and pages do not overlap', async (sortBy, measure) => {
    for (const order of ['asc', 'desc'] as const) {
      const pages = [0, 1, 2].map((page) => list(alice, { sort_by: sortBy, sort_order: order, limit: 40, page }));
      const rows = (await Promise.all(pages)).flat();
      const sign = order === 'asc' ? 1 : -1;
      const misplaced = rows.filter((row, at) => {
        const before = rows[at - 1];
        if (!before) return false;
        const [left, right] = [measure(before), measure(row)];
        return left === right ? false : left > right === (sign === 1);
      });
      expect(misplaced).toEqual([]);
      expect(new Set(rows.map((row) => row.token_address)).size).toBe(120);
    }
  });

  it('answers for several chains at once, and an address may be another token on each', async () => {
    const both = await list(alice, { chain_id: [31337, 31338] });
    const second = await list(alice, { chain_id: [31338] });
    expect(both).toHaveLength(120 + second.length);
    const shared = devnet.chains[1]!.tokens.filter(({ address, name }) =>
      devnet.evm.tokens.some((token) => token.address === address && token.name !== name),
    );
    expect(shared.length).toBeGreaterThan(0);
    for (const token of shared) {
      const rows = await list(alice, { chain_id: [31337, 31338], token_address: [token.address] });
      expect(new Set(rows.map((row) => row.name)).size).toBe(2);
    }
  });

  it('tells at which block it read each chain', async () => {
    const { response } = await ask(alice, { chain_id: [31337, 31338] });
    const heights = await Promise.all([31337, 31338].map((id) => devnet.control.chain(id).blockNumber()));
    expect(response.headers.get('x-block-number')).toBe(`31337:${heights[0]},31338:${heights[1]}`);
  });

  it('shows a transfer in the next answer, and takes it back after a reorganisation', async () => {
    const chain = devnet.control.chain();
    const { address: token } = tokenOf('unpriced');
    const before = await list(alice, { token_address: [token] });
    const { blockNumber } = await chain.transfer({ token, from: alice, to: carol, amount: 5n });
    const after = await ask(carol);
    expect(after.data!.data).toMatchObject([{ token_address: token.toLowerCase(), balance: '5' }]);
    expect(after.response.headers.get('x-block-number')).toBe(`31337:${blockNumber}`);
    await chain.reorg(1);
    expect(await list(carol)).toEqual([]);
    expect(await list(alice, { token_address: [token] })).toEqual(before);
    await chain.transfer({ token, from: alice, to: carol, amount: 7n });
    expect(await list(carol)).toMatchObject([{ balance: '7' }]);
  });

  it('takes its prices and its spam marks from the market on the chain', async () => {
    const chain = devnet.control.chain();
    const { address: token } = tokenOf('empty-symbol');
    await chain.setPrice(token, '0.12345678');
    expect(await rowOf('empty-symbol')).toMatchObject({ price_data: { price_usd: 0.12345678, usd_value: 5.18518476 } });
    await chain.setPrice(token, '0');
    expect(await rowOf('empty-symbol')).not.toHaveProperty('price_data');
    await chain.setSpam(token, true);
    expect(await list(alice, { token_address: [token], include_spam: 'false' })).toEqual([]);
  });

  it('refuses who sends no valid client id or secret key', async () => {
    const url = `${devnet.insight.url}/v1/tokens?chain_id=31337&owner_address=${alice}`;
    const statuses = await Promise.all(
      [{}, { 'x-client-id': 'other' }, { 'x-secret-key': 'other' }, { 'x-secret-key': devnet.insight.secretKey }].map(
        async (headers: Record<string, string>) => (await fetch(url, { headers })).status,
      ),
    );
    expect(statuses).toEqual([401, 401, 401, 200]);
    const { error, response } = await getV1Tokens({
      baseUrl: devnet.insight.url,
      query: { chain_id: [31337], owner_address: [alice] },
    });
    expect(response.status).toBe(401);
    expect(error).toEqual({ error: expect.stringContaining('x-client-id') });
  });

  it.each([
    ['owner_address', ''],
    ['owner_address', 'owner_address=0x12&chain_id=31337'],
    ['chain_id', 'owner_address=OWNER'],
    ['chain_id', 'owner_address=OWNER&chain_id=abc'],
    ['chain_id', 'owner_address=OWNER&chain_id=1'],
    ['chain_id', `owner_address=OWNER&${'chain_id=31337&'.repeat(56)}`],
    ['limit', 'owner_address=OWNER&chain_id=31337&limit=0'],
    ['limit', 'owner_address=OWNER&chain_id=31337&limit=1e9'],
    ['page', 'owner_address=OWNER&chain_id=31337&page=-1'],
    ['include_spam', 'owner_address=OWNER&chain_id=31337&include_spam=yes'],
    ['sort_by', 'owner_address=OWNER&chain_id=31337&sort_by=name'],
    ['token_address', 'owner_address=OWNER&chain_id=31337&token_address=USDC'],
  ])('answers 400 and names %s for ?%s', async (parameter, query) => {
    const url = `${devnet.insight.url}/v1/tokens?${query.replace('OWNER', alice) || 'chain_id=31337'}`;
    const response = await fetch(url, { headers: { 'x-client-id': devnet.insight.clientId } });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining(parameter) });
  });

  it('answers many at once, each with a height not below the one before it was asked', async () => {
    const chain = devnet.control.chain();
    const height = await chain.blockNumber();
    const [answers] = await Promise.all([Promise.all(Array.from({ length: 50 }, () => ask(bob))), chain.mine(3)]);
    for (const { data, response } of answers) {
      expect(data!.data).toHaveLength(devnet.chains[1]!.tokens.length);
      expect(Number(response.headers.get('x-block-number')!.split(':')[1])).toBeGreaterThanOrEqual(height);
    }
  });
});

type Row = NonNullable<Awaited<ReturnType<typeof getV1Tokens>>['data']>['data'][number];
