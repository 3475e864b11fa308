import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startR3mesChain, type R3mesChain } from './r3mes.chain.js';
import { devnetWallet, isWallet } from './wallet.derivation.js';

const manual = { blockInterval: 'manual' } as const;
const running: R3mesChain[] = [];
const start = async (options: Parameters<typeof startR3mesChain>[0] = {}): Promise<R3mesChain> => {
  const chain = await startR3mesChain({ ...manual, ...options });
  running.push(chain);
  return chain;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((chain) => chain.stop()));
});

async function get(chain: R3mesChain, path: string): Promise<any> {
  return (await fetch(`${chain.apiUrl}${path}`)).json();
}
async function rpc(chain: R3mesChain, path: string): Promise<any> {
  return ((await (await fetch(`${chain.rpcUrl}/${path}`)).json()) as { result: unknown }).result;
}

describe('what outlives a restart', () => {
  let stateDir: string;
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'r3mes-chain-'));
  });
  afterEach(() => rmSync(stateDir, { recursive: true }));

  const restart = async (chain: R3mesChain, options: object = {}): Promise<R3mesChain> => {
    await chain.stop();
    running.splice(running.indexOf(chain), 1);
    return start({ stateDir, ...options });
  };

  it('with a stateDir the same chain goes on: old blocks, next height, transactions and tallies', async () => {
    const first = await start({ stateDir });
    const hash = first.control.submit([{ kind: 'submit-gradient', miner: devnetWallet('miner/1'), accepted: true }]);
    first.control.produceBlock(4);
    const before = await Promise.all([rpc(first, 'block?height=3'), rpc(first, 'genesis'), get(first, miners)]);
    const second = await restart(first);
    expect(await Promise.all([rpc(second, 'block?height=3'), rpc(second, 'genesis'), get(second, miners)])).toEqual(
      before,
    );
    expect((await rpc(second, `tx?hash=0x${hash}`)).height).toBe('2');
    expect(second.control.produceBlock()).toBe(6);
    const [fifth, sixth] = await Promise.all([rpc(second, 'block?height=5'), rpc(second, 'block?height=6')]);
    expect(sixth.block.header.last_block_id).toEqual(fifth.block_id);
  });

  const miners = '/remes/remes/v1/dashboard/miners';

  it('a block line cut short by a kill is dropped and made again', async () => {
    const first = await start({ stateDir });
    first.control.produceBlock(2);
    appendFileSync(join(stateDir, 'chain.jsonl'), '{"block":{"header":{"ver');
    const second = await restart(first);
    expect(second.control.state().height).toBe(3);
    expect(second.control.produceBlock()).toBe(4);
    expect((await restart(second)).control.state().height).toBe(4);
  });

  it('a stateDir of another chain id is refused, and so is a damaged one', async () => {
    const first = await start({ stateDir });
    first.control.produceBlock(2);
    await expect(restart(first, { chainId: 'other-1' })).rejects.toThrow(
      /holds the chain r3mes-testnet-1, not other-1/,
    );
    const stored = JSON.stringify({ block: { header: { last_block_id: { hash: '' }, height: '4' } } });
    appendFileSync(join(stateDir, 'chain.jsonl'), `${stored}\n`);
    await expect(start({ stateDir })).rejects.toThrow(/damaged at height 4/);
  });

  it('only the newest blocks are kept; tallies still count the pruned ones, also after a restart', async () => {
    const first = await start({ stateDir, retainBlocks: 5 });
    const miner = devnetWallet('miner/1');
    first.control.submit([{ kind: 'submit-gradient', miner, accepted: true }]);
    first.control.produceBlock(30);
    const { sync_info } = await rpc(first, 'status');
    expect([sync_info.earliest_block_height, sync_info.latest_block_height]).toEqual(['27', '31']);
    const second = await restart(first, { retainBlocks: 5 });
    expect((await get(second, `/remes/remes/v1/miner_score/${miner}`)).total_submissions).toBe('1');
    expect((await rpc(second, 'blockchain?minHeight=1&maxHeight=0')).block_metas).toHaveLength(5);
    const pruned = (await (await fetch(`${second.rpcUrl}/block?height=2`)).json()) as { error: { data: string } };
    expect(pruned.error.data).toBe('height 2 is not available, lowest height is 27');
  });
});

it('without a stateDir two chains share no block', async () => {
  const [one, other] = [await start(), await start()];
  expect((await rpc(one, 'block?height=1')).block_id.hash).not.toBe((await rpc(other, 'block?height=1')).block_id.hash);
});

it('with an interval, blocks come by themselves and carry the miners’ submissions', async () => {
  const chain = await start({ blockInterval: 5 });
  while (chain.control.state().height < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  const { txs_results } = await rpc(chain, 'block_results?height=3');
  expect(txs_results[0].events.at(-1).type).toBe('remes.gradient_submitted');
  chain.control.halt();
  const halted = chain.control.state().height;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(chain.control.state().height).toBe(halted);
});

describe('the REST API', () => {
  it('dashboard queries are flat, and their 64-bit numbers are strings', async () => {
    const chain = await start();
    const miner = devnetWallet('miner/3');
    chain.control.submit([{ kind: 'submit-gradient', miner, accepted: true }]);
    chain.control.submit([{ kind: 'submit-gradient', miner, accepted: false }]);
    chain.control.produceBlock(3);
    const base = '/remes/remes/v1';
    const { miners, total } = await get(chain, `${base}/dashboard/miners`);
    expect(total).toBe('24');
    expect(miners.every((info: { address: string }) => isWallet(info.address))).toBe(true);
    expect(miners.find((info: { address: string }) => info.address === miner)).toEqual({
      address: miner,
      status: 'active',
      total_submissions: '2',
      successful_submissions: '1',
      trust_score: '0.500000000000000000',
      reputation_tier: 'new',
      slashing_events: '0',
      last_submission_height: '2',
      total_gradients: '2',
    });
    const page = await get(chain, `${base}/dashboard/miners?pagination.offset=20&pagination.limit=10`);
    expect(page.miners).toHaveLength(4);
    expect(await get(chain, `${base}/dashboard/statistics`)).toMatchObject({
      total_miners: '24',
      total_gradients: '2',
    });
    expect(await get(chain, `${base}/miner_score/${miner}`)).toMatchObject({ miner, total_submissions: '2' });
    expect((await fetch(`${chain.apiUrl}${base}/miner_score/remes1nobody`)).status).toBe(404);
    expect((await get(chain, `${base}/params`)).params.challenge_period_blocks).toBe('100');
  });

  it('blocks: newest first, by limit and offset, with the hash of the block and not of the header’s fields', async () => {
    const chain = await start();
    chain.control.produceBlock(119);
    const blocks = async (query: string): Promise<any[]> =>
      (await get(chain, `/remes/remes/v1/dashboard/blocks${query}`)).blocks;
    expect((await blocks('')).map((block) => block.height)).toEqual(
      Array.from({ length: 10 }, (_, index) => String(120 - index)),
    );
    expect((await blocks('?limit=2&offset=3')).map((block) => block.height)).toEqual(['117', '116']);
    expect(await blocks('?limit=500')).toHaveLength(100);
    expect(await blocks('?offset=1000')).toEqual([]);
    const { block } = await get(chain, '/remes/remes/v1/dashboard/block/7');
    expect(block).toMatchObject({
      height: '7',
      hash: (await rpc(chain, 'block?height=7')).block_id.hash,
      tx_count: '0',
    });
    expect((await get(chain, '/remes/remes/v1/dashboard/block/0')).block.height).toBe('120');
    expect((await fetch(`${chain.apiUrl}/remes/remes/v1/dashboard/block/121`)).status).toBe(404);
    expect((await fetch(`${chain.apiUrl}/remes/remes/v1/dashboard/blocks?limit=x`)).status).toBe(400);
  });

  it('the SDK’s own queries speak of the same chain', async () => {
    const chain = await start({ chainId: 'sdk-1' });
    const latest = await get(chain, '/cosmos/base/tendermint/v1beta1/blocks/latest');
    const real = await rpc(chain, 'block');
    expect(Buffer.from(latest.block_id.hash, 'base64').toString('hex').toUpperCase()).toBe(real.block_id.hash);
    expect(latest.block.header.height).toBe('1');
    const info = await get(chain, '/cosmos/base/tendermint/v1beta1/node_info');
    expect(info.default_node_info.network).toBe('sdk-1');
    const { validators } = await get(chain, '/cosmos/staking/v1beta1/validators');
    expect(validators.map((validator: { status: string }) => validator.status)).toEqual(
      Array(4).fill('BOND_STATUS_BONDED'),
    );
    expect((await get(chain, '/cosmos/staking/v1beta1/pool')).pool.bonded_tokens).toBe('30000000');
    expect((await fetch(`${chain.apiUrl}/nothing`)).status).toBe(501);
  });
});

describe('faults', () => {
  const control = (chain: R3mesChain, name: string, value?: unknown): Promise<Response> =>
    fetch(`${chain.apiUrl}/__control/${name}`, { method: 'POST', body: JSON.stringify({ value }) });

  it('each is there over HTTP, refused with the wanted form where the argument is wrong', async () => {
    const chain = await start();
    const post = async (name: string, value?: unknown): Promise<any> => (await control(chain, name, value)).json();
    expect(await post('produceBlock', 2)).toMatchObject({ result: 3, height: 3 });
    expect((await post('submit', [{ kind: 'register-miner', miner: devnetWallet('x') }])).result).toMatch(
      /^[0-9A-F]{64}$/,
    );
    expect(await post('halt')).toMatchObject({ faults: { halted: true } });
    expect((await post('produceBlock')).message).toContain('halted');
    expect(await post('resume')).toMatchObject({ faults: { halted: false } });
    expect(await post('jump', 3)).toMatchObject({ result: 6 });
    expect((await post('delay', 'long')).message).toContain('a whole number');
    expect((await post('explode')).message).toContain('produceBlock');
    expect((await control(chain, 'explode')).status).toBe(400);
  });

  it('refuse cuts both ports but not the control, and clear ends it', async () => {
    const chain = await start();
    await control(chain, 'refuse', true);
    await expect(fetch(`${chain.rpcUrl}/health`)).rejects.toThrow();
    await expect(fetch(`${chain.apiUrl}/cosmos/staking/v1beta1/pool`)).rejects.toThrow();
    await control(chain, 'clear');
    expect((await fetch(`${chain.rpcUrl}/health`)).status).toBe(200);
  });

  it('a lagging node admits only to what it has, and says that it is catching up', async () => {
    const chain = await start();
    chain.control.produceBlock(9);
    chain.control.lag(4);
    const { sync_info } = await rpc(chain, 'status');
    expect(sync_info).toMatchObject({ latest_block_height: '6', catching_up: true });
    expect((await fetch(`${chain.rpcUrl}/block?height=7`)).status).toBe(500);
    expect((await get(chain, '/remes/remes/v1/dashboard/blocks?limit=1')).blocks[0].height).toBe('6');
    chain.control.clear();
    expect((await rpc(chain, 'status')).sync_info).toMatchObject({ latest_block_height: '10', catching_up: false });
  });
});
