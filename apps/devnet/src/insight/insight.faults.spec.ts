import { getV1Tokens } from '@thirdweb-dev/insight';
import type { Address } from 'viem';
import { type Devnet, startDevnet } from '../devnet.js';
import type { Fault } from './insight.faults.js';

jest.setTimeout(20_000);

describe('the indexer, told to fail', () => {
  let devnet: Devnet;
  let alice: Address;
  let bob: Address;

  beforeAll(async () => {
    devnet = await startDevnet({ tokens: 14 });
    [alice, bob] = devnet.wallets.map(({ address }) => address) as [Address, Address];
  });
  afterAll(() => devnet.stop());
  afterEach(() => {
    devnet.control.insight.clear();
    devnet.control.insight.resetCounts();
  });

  const ask = (owner: Address = alice, page = 0) =>
    getV1Tokens({
      baseUrl: devnet.insight.url,
      headers: { 'x-client-id': devnet.insight.clientId },
      query: { chain_id: [31337], owner_address: [owner], page },
    });
  const post = (command: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${devnet.insight.url}/__control`, { method: 'POST', headers, body: JSON.stringify(command) });

  it('answers a status with Retry-After as often as it was told to, then the truth', async () => {
    devnet.control.insight.fail({ kind: 'status', status: 429, retryAfter: 7, times: 2 });
    for (let time = 0; time < 2; time += 1) {
      const { response, error } = await ask();
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
      expect(error).toHaveProperty('error');
    }
    expect((await ask()).response.status).toBe(200);
  });

  it('cuts the socket, before the first byte or in the body', async () => {
    devnet.control.insight.fail({ kind: 'cut', times: 1 });
    await expect(ask()).rejects.toThrow('fetch failed');
    devnet.control.insight.fail({ kind: 'cut', where: 'in-body', times: 1 });
    await expect(ask()).rejects.toThrow('terminated');
  });

  it('answers what is not JSON, and JSON of another shape', async () => {
    devnet.control.insight.fail({ kind: 'broken-json', times: 1 });
    await expect(ask()).rejects.toMatchObject({ name: 'SyntaxError' });
    devnet.control.insight.fail({ kind: 'wrong-shape', times: 1 });
    devnet.control.insight.fail({ kind: 'wrong-shape', body: { data: null }, times: 1 });
    expect((await ask()).data!.data[0]).not.toHaveProperty('token_address');
    expect((await ask()).data).toEqual({ data: null });
  });

  it('holds requests until it is cleared, before it reads or with what it has read', async () => {
    const chain = devnet.control.chain();
    const token = devnet.evm.stable;
    const balanceHeld = async (when: 'before-read' | 'after-read'): Promise<{ seen: bigint; sent: bigint }> => {
      devnet.control.insight.fail({ kind: 'hold', when });
      const answer = ask(bob);
      await devnet.control.insight.held();
      await chain.transfer({ token, from: alice, to: bob, amount: 1n });
      devnet.control.insight.clear();
      const { data } = await answer;
      const row = data!.data.find(({ token_address: address }) => address === token.toLowerCase())!;
      return { seen: BigInt(row.balance), sent: await chain.balanceOf(token, bob) };
    };
    const fresh = await balanceHeld('before-read');
    expect(fresh.seen).toBe(fresh.sent);
    const old = await balanceHeld('after-read');
    expect(old.seen).toBe(old.sent - 1n);
  });

  it('tells when as many are held as a test waits for', async () => {
    devnet.control.insight.fail({ kind: 'hold', times: 3 });
    const answers = [ask(alice), ask(bob), ask(bob, 1)];
    await devnet.control.insight.held(3);
    expect(devnet.control.insight.counts()).toMatchObject({ requests: 3, served: 0 });
    devnet.control.insight.clear();
    expect((await Promise.all(answers)).map(({ response }) => response.status)).toEqual([200, 200, 200]);
  });

  it('answers no sooner than it was told to', async () => {
    for (const when of ['before-read', 'after-read'] as const) {
      devnet.control.insight.fail({ kind: 'delay', delayMs: 120, when, times: 1 });
      const started = performance.now();
      await ask();
      // Node's timers count whole milliseconds, and may be one early.
      expect(performance.now() - started).toBeGreaterThanOrEqual(119);
    }
  });

  it('answers what was true some blocks ago', async () => {
    const chain = devnet.control.chain();
    const token = devnet.evm.stable;
    const balance = async (): Promise<string> =>
      (await ask(bob)).data!.data.find((row) => row.token_address === token.toLowerCase())!.balance;
    const before = await balance();
    await chain.transfer({ token, from: alice, to: bob, amount: 3n });
    await chain.mine();
    devnet.control.insight.fail({ kind: 'lag', blocks: 2 });
    expect(await balance()).toBe(before);
    devnet.control.insight.clear();
    expect(BigInt(await balance())).toBe(BigInt(before) + 3n);
  });

  it('lags at most to the first block, where nothing was there yet', async () => {
    devnet.control.insight.fail({ kind: 'lag', blocks: 1_000_000 });
    const { data, response } = await ask();
    expect([data, response.headers.get('x-block-number')]).toEqual([{ data: [] }, '31337:0']);
  });

  it('fails only for the wallet and the page that a fault is for', async () => {
    devnet.control.insight.fail({ kind: 'status', status: 500, wallet: alice, page: 1, times: 1 });
    const statuses = [await ask(bob, 1), await ask(alice, 0), await ask(alice, 1), await ask(alice, 1)];
    expect(statuses.map(({ response }) => response.status)).toEqual([200, 200, 500, 200]);
  });

  it('counts what was asked, by wallet, failures and refusals apart', async () => {
    await ask(alice, 0);
    await ask(alice, 1);
    devnet.control.insight.fail({ kind: 'status', status: 503, times: 1 });
    await ask(bob, 0);
    await fetch(`${devnet.insight.url}/v1/tokens`);
    expect(devnet.control.insight.counts()).toEqual({
      requests: 3,
      listings: 2,
      served: 2,
      failed: 1,
      refused: 1,
      byWallet: {
        [alice.toLowerCase()]: { requests: 2, listings: 1 },
        [bob.toLowerCase()]: { requests: 1, listings: 1 },
      },
    });
  });

  it('takes the same orders over HTTP, from this machine only and never from a form', async () => {
    const failing = await post({ action: 'fail', fault: { kind: 'status', status: 502 } });
    expect(await failing.json()).toMatchObject({ faults: [{ kind: 'status', status: 502 }] });
    expect((await ask()).response.status).toBe(502);
    await post({ action: 'clear' });
    expect((await ask()).response.status).toBe(200);
    const counted = await (await fetch(`${devnet.insight.url}/__control`)).json();
    expect(counted).toMatchObject({ counts: { served: 1, failed: 1 }, faults: [] });
    expect((await post({ action: 'clear' }, { 'content-type': 'text/plain' })).status).toBe(415);
    const order = { token: devnet.evm.stable, from: alice, to: bob, amount: '2' };
    const sent = (await (await post({ action: 'transfer', ...order })).json()) as { result: { blockNumber: number } };
    expect(sent.result.blockNumber).toBe(await devnet.control.chain().blockNumber());
  });

  it.each<[string, unknown]>([
    ['action', { action: 'explode' }],
    ['fault.kind', { action: 'fail', fault: { kind: 'fire' } }],
    ['fault.status', { action: 'fail', fault: { kind: 'status', status: 20 } }],
    ['fault.times', { action: 'fail', fault: { kind: 'broken-json', times: 0 } }],
    ['fault.when', { action: 'fail', fault: { kind: 'hold', when: 'now' } }],
    ['fault.delayMs', { action: 'fail', fault: { kind: 'delay' } }],
    ['31999', { action: 'mine', chainId: 31999 }],
  ])('refuses an order with a wrong %s', async (what, command) => {
    const response = await post(command);
    expect([response.status, await response.json()]).toEqual([400, { error: expect.stringContaining(what) }]);
    const faults: readonly Fault[] = devnet.control.insight.faults();
    expect(faults).toEqual([]);
  });
});
