import { createPublicKey, verify } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import {
  blockIdOf,
  commitHash,
  dataHash,
  headerHash,
  precommitSignBytes,
  resultsHash,
  validatorsHash,
} from './block.hashing.js';
import { chainEvent, encodeTx, type TxMessage } from './tx.execution.js';
import type { Block, BlockId, Commit, Header, TxResult } from './cometbft.types.js';
import { recordedAnswer, recordedResult } from './recorded.answers.js';
import { startR3mesChain, type R3mesChain } from './r3mes.chain.js';
import { devnetWallet } from './wallet.derivation.js';

type Answer = { id: unknown; jsonrpc: string; result?: any; error?: { code: number; message: string; data: string } };

let chain: R3mesChain;
beforeEach(async () => {
  chain = await startR3mesChain({ blockInterval: 'manual' });
});
afterEach(() => chain.stop());

const change: TxMessage = { kind: 'change-credits', wallet: devnetWallet('user/1'), amount: '-5' };
const transfer: TxMessage = { kind: 'transfer', from: devnetWallet('user/1'), to: devnetWallet('user/2'), amount: '7' };

async function call(method: string, params: object = {}): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'one', method, params });
  const response = await fetch(chain.rpcUrl, { method: 'POST', body });
  return (await response.json()) as Answer;
}

async function result(method: string, params: object = {}): Promise<any> {
  const answer = await call(method, params);
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
  return answer.result;
}

/** Keys and types. What is null or empty on either side says nothing about the type. */
function expectSameShape(ours: unknown, recorded: unknown, path = ''): void {
  if (ours === null || recorded === null) return;
  expect(`${path}: ${typeof ours}`).toBe(`${path}: ${typeof recorded}`);
  expect(Array.isArray(ours)).toBe(Array.isArray(recorded));
  if (Array.isArray(ours) && Array.isArray(recorded)) {
    if (ours.length > 0 && recorded.length > 0) expectSameShape(ours[0], recorded[0], `${path}[]`);
  } else if (typeof ours === 'object') {
    const [own, real] = [ours as Record<string, unknown>, recorded as Record<string, unknown>];
    expect({ path, keys: Object.keys(own).sort() }).toEqual({ path, keys: Object.keys(real).sort() });
    for (const key of Object.keys(own)) expectSameShape(own[key], real[key], `${path}.${key}`);
  }
}

describe('answers have the keys and types of a real node', () => {
  it.each([
    ['status', {}, 'status'],
    ['abci_info', {}, 'abci_info'],
    ['genesis', {}, 'genesis'],
    ['net_info', {}, 'net_info'],
    ['consensus_params', { height: '10' }, 'consensus_params'],
    ['block', { height: '1' }, 'block_at_height_1'],
    ['block', { height: '10' }, 'block_at_height_10'],
    ['block_results', { height: '10' }, 'block_results_at_height_10'],
    ['blockchain', { minHeight: '1', maxHeight: '10' }, 'blockchain_from_1_to_10'],
    ['commit', { height: '10' }, 'commit_at_height_10'],
    ['block', { height: '0' }, 'block_at_height_0'],
  ])('%s %j', async (method, params, name) => {
    chain.control.produceBlock(12);
    expectSameShape(await call(method, params), recordedAnswer(name));
  });

  it('broadcasts and searches for transactions', async () => {
    const tx = (memo: string): { tx: string } => ({ tx: encodeTx([change, transfer], memo).toString('base64') });
    expectSameShape(await call('broadcast_tx_async', tx('a')), recordedAnswer('broadcast_tx_async'));
    expectSameShape(await call('broadcast_tx_sync', tx('b')), recordedAnswer('broadcast_tx_sync'));
    const committed = call('broadcast_tx_commit', tx('c'));
    while ((await result('num_unconfirmed_txs')).total !== '3') await pause(1);
    chain.control.produceBlock();
    expectSameShape(await committed, recordedAnswer('broadcast_tx_commit'));
    const search = { query: 'tx.height=2', prove: true };
    expectSameShape(await call('tx_search', search), recordedAnswer('tx_search_with_prove'));
    expectSameShape(await call('tx_search', { ...search, prove: false }), recordedAnswer('tx_search_no_prove'));
  });

  it('block heights out of range are refused in the words of a real node', async () => {
    expect((await call('block', { height: '0' })).error).toEqual(recordedAnswer('block_at_height_0')['error']);
    expect((await call('block', { height: '99' })).error).toMatchObject({ code: -32603, message: 'Internal error' });
  });
});

describe('what the blocks say holds', () => {
  const spki = (key: string): Buffer =>
    Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'base64')]);

  it('hashes, links, times and signatures are consistent over a run of blocks', async () => {
    chain.control.submit([change]);
    chain.control.produceBlock();
    chain.control.submit([transfer]);
    chain.control.submit([change, transfer]);
    chain.control.produceBlock(33);
    const { validators } = await result('validators');
    const set = validators.map((validator: any) => ({
      publicKey: Buffer.from(validator.pub_key.value, 'base64'),
      votingPower: BigInt(validator.voting_power),
    }));
    const proposers = new Set<string>();
    let previous: { block: Block; block_id: BlockId; results: TxResult[] } | undefined;
    for (let height = 1; height <= 35; height += 1) {
      const { block, block_id } = (await result('block', { height: String(height) })) as {
        block: Block;
        block_id: BlockId;
      };
      const results = ((await result('block_results', { height: String(height) })).txs_results ?? []) as TxResult[];
      const { signed_header } = (await result('commit', { height: String(height) })) as {
        signed_header: { header: Header; commit: Commit };
      };
      expect(blockIdOf(block)).toEqual(block_id);
      expect(signed_header.header).toEqual(block.header);
      expect(signed_header.commit.block_id).toEqual(block_id);
      expect(block.header.data_hash).toBe(dataHash(block.data.txs));
      expect(block.header.last_commit_hash).toBe(commitHash(block.last_commit));
      expect(block.header.validators_hash).toBe(validatorsHash(set));
      if (previous !== undefined) {
        expect(block.header.last_block_id).toEqual(previous.block_id);
        expect(block.last_commit.block_id).toEqual(previous.block_id);
        expect(block.header.last_results_hash).toBe(resultsHash(previous.results));
        expect(Date.parse(block.header.time)).toBeGreaterThanOrEqual(Date.parse(previous.block.header.time));
      }
      signed_header.commit.signatures.forEach((vote, index) => {
        expect(vote.validator_address).toBe(validators[index].address);
        const key = createPublicKey({ key: spki(validators[index].pub_key.value), format: 'der', type: 'spki' });
        const { height, round, block_id: blockId } = signed_header.commit;
        const bytes = precommitSignBytes({ chainId: chain.chainId, height, round, blockId, timestamp: vote.timestamp });
        expect(verify(null, bytes, key, Buffer.from(vote.signature, 'base64'))).toBe(true);
      });
      proposers.add(block.header.proposer_address);
      previous = { block, block_id, results };
    }
    expect(proposers.size).toBe(4);
  });

  it('each block names its miner, and a transaction the wallets in it', async () => {
    const hash = chain.control.submit([change, transfer]);
    chain.control.produceBlock();
    const { finalize_block_events, txs_results } = await result('block_results');
    expect(finalize_block_events[0]).toMatchObject({ type: 'remes.block_mined' });
    expect(finalize_block_events[0].attributes[0].value).toMatch(/^remes1/);
    const types = txs_results[0].events.map((event: any) => event.type);
    expect(types).toEqual(['message', 'remes.credits_changed', 'message', 'transfer']);
    expect(txs_results[0].events[1]).toEqual(
      chainEvent('remes.credits_changed', { wallet: devnetWallet('user/1'), amount: '-5', msg_index: '0' }),
    );
    const base64 = Buffer.from(hash, 'hex').toString('base64');
    expect(await result('tx', { hash: base64 })).toMatchObject({ hash, height: '2', index: 0 });
  });

  it('the newest commit is not canonical until the next block carries it', async () => {
    expect((await result('commit')).canonical).toBe(false);
    chain.control.produceBlock();
    expect((await result('commit', { height: '1' })).canonical).toBe(true);
  });
});

describe('requests', () => {
  it('GET takes arguments from the URI, in quotes, as numbers and as hex', async () => {
    chain.control.submit([transfer]);
    chain.control.produceBlock();
    const get = async (path: string): Promise<Answer> =>
      (await (await fetch(`${chain.rpcUrl}/${path}`)).json()) as Answer;
    const block = await get('block?height=2');
    expect(block.id).toBe(-1);
    expect(block.result.block.header.height).toBe('2');
    expect((await get(`block_by_hash?hash=0x${block.result.block_id.hash}`)).result).toEqual(block.result);
    const query = encodeURIComponent(`"transfer.recipient='${devnetWallet('user/2')}'"`);
    const found = await get(`tx_search?query=${query}&per_page=1`);
    expect(found.result.total_count).toBe('1');
    expect((await get(`tx?hash=0x${found.result.txs[0].hash}&prove=true`)).result.proof).toBeDefined();
    const missing = await fetch(`${chain.rpcUrl}/block?height=99`);
    expect([missing.status, ((await missing.json()) as Answer).error?.code]).toEqual([500, -32603]);
    expect((await fetch(`${chain.rpcUrl}/nothing`)).status).toBe(404);
  });

  it('refuses what is no request, no JSON, no method, no argument and no page', async () => {
    expect((await call('nothing')).error?.code).toBe(-32601);
    expect((await call('constructor')).error?.code).toBe(-32601);
    expect((await call('block', { height: 'ten' })).error?.code).toBe(-32602);
    expect((await call('tx', { hash: '!' })).error?.code).toBe(-32602);
    expect((await call('validators', { page: '2' })).error?.data).toContain('within [1, 1]');
    expect((await call('tx_search', { query: "tx.height='" })).error?.data).toContain('failed to parse query');
    const post = async (body: string): Promise<Answer> =>
      (await (await fetch(chain.rpcUrl, { method: 'POST', body })).json()) as Answer;
    expect((await post('{')).error?.code).toBe(-32700);
    expect((await post('{"id":1}')).error?.code).toBe(-32600);
    expect(await post('[{"id":1,"method":"health"},{"id":2,"method":"health"}]')).toMatchObject([{ id: 1 }, { id: 2 }]);
  });

  it('an invalid transaction gets a code, and the same one twice an error', async () => {
    const tx = (value: unknown): { tx: string } => ({ tx: Buffer.from(JSON.stringify(value)).toString('base64') });
    const refused = await result(
      'broadcast_tx_sync',
      tx({ memo: '', messages: [{ ...change, wallet: 'remes1nobody' }] }),
    );
    expect(refused).toMatchObject({ code: 2, codespace: 'remes' });
    expect(refused.log).toContain('invalid address');
    expect(await result('broadcast_tx_sync', tx({ messages: [] }))).toMatchObject({ code: 2 });
    const good = { tx: encodeTx([change], 'same').toString('base64') };
    expect(await result('broadcast_tx_sync', good)).toMatchObject({ code: 0 });
    expect((await call('broadcast_tx_sync', good)).error?.data).toBe('tx already exists in cache');
  });
});

describe('subscriptions', () => {
  async function socket(): Promise<{
    ask(method: string, params?: object): void;
    next(): Promise<Answer>;
    client: WebSocket;
  }> {
    const client = new WebSocket(chain.wsUrl);
    const waiting: ((answer: Answer) => void)[] = [];
    const received: Answer[] = [];
    client.on('message', (data) => {
      const answer = JSON.parse(String(data)) as Answer;
      const taker = waiting.shift();
      if (taker === undefined) received.push(answer);
      else taker(answer);
    });
    await new Promise((resolve) => client.once('open', resolve));
    let id = 0;
    return {
      client,
      ask: (method, params = {}) => client.send(JSON.stringify({ jsonrpc: '2.0', id: (id += 1), method, params })),
      next: () => {
        const answer = received.shift();
        return answer === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(answer);
      },
    };
  }

  it('NewBlock and Tx events have the shape of a real node’s and the id of their subscription', async () => {
    const { ask, next, client } = await socket();
    ask('subscribe', { query: "tm.event = 'NewBlock'" });
    expect(await next()).toMatchObject({ id: 1, result: {} });
    ask('subscribe', { query: "tm.event = 'Tx'" });
    expect(await next()).toMatchObject({ id: 2, result: {} });
    chain.control.submit([change]);
    chain.control.produceBlock();
    const block = await next();
    const real = recordedResult<any>('subscribe_newblock_0');
    const { events: ownBlockEvents, ...blockEvent } = block.result;
    const { events: _, ...realBlockEvent } = real;
    expect(block.id).toBe(1);
    expect(ownBlockEvents['tm.event']).toEqual(['NewBlock']);
    // The recorded block had neither transactions nor events of its own.
    const { events, tx_results, ...finalized } = blockEvent.data.value.result_finalize_block;
    expect([events.length, tx_results.length]).toEqual([1, 1]);
    expectSameShape(
      {
        ...blockEvent,
        data: { ...blockEvent.data, value: { ...blockEvent.data.value, result_finalize_block: finalized } },
      },
      realBlockEvent,
    );
    expect(headerHash(block.result.data.value.block.header)).toBe(block.result.data.value.block_id.hash);

    const tx = await next();
    expect(tx.id).toBe(2);
    expect(tx.result.events).toMatchObject({ 'tm.event': ['Tx'], 'tx.height': ['2'] });
    const recordedTx = recordedResult<any>('subscribe_txs_0').data;
    const { gas_wanted, gas_used, ...txResult } = tx.result.data.value.TxResult.result;
    expect([gas_wanted, gas_used]).toEqual(['65000', '65000']);
    expectSameShape(
      { type: tx.result.data.type, value: { TxResult: { ...tx.result.data.value.TxResult, result: txResult } } },
      recordedTx,
    );
    client.terminate();
  });

  it('conditions on attributes choose the transactions', async () => {
    const { ask, next, client } = await socket();
    ask('subscribe', { query: `tm.event='Tx' AND transfer.recipient='${devnetWallet('user/2')}' AND tx.height > 2` });
    ask('subscribe', { query: "tm.event='Tx' AND remes.miner_registered EXISTS" });
    await next();
    await next();
    chain.control.submit([transfer]);
    chain.control.produceBlock();
    chain.control.submit([change]);
    chain.control.submit([{ ...transfer, to: devnetWallet('user/3') }]);
    const wanted = chain.control.submit([transfer]);
    const registered = chain.control.submit([{ kind: 'register-miner', miner: devnetWallet('miner/77') }]);
    chain.control.produceBlock();
    expect((await next()).result.events['tx.hash']).toEqual([wanted]);
    expect((await next()).result.events['tx.hash']).toEqual([registered]);
    client.terminate();
  });

  it('malformed, doubled, unknown and too many subscriptions are refused as a real node does', async () => {
    const { ask, next, client } = await socket();
    ask('subscribe', { query: 'malformed query' });
    expect((await next()).error).toEqual(recordedAnswer('subscribe_malformed')['error']);
    ask('subscribe', { query: "tm.event='NewBlock'" });
    await next();
    ask('subscribe', { query: "tm.event='NewBlock'" });
    expect((await next()).error?.data).toBe('already subscribed');
    ask('unsubscribe', { query: "tm.event='NewBlock'" });
    expect((await next()).result).toEqual({});
    ask('unsubscribe', { query: "tm.event='NewBlock'" });
    expect((await next()).error?.data).toBe('subscription not found');
    for (let height = 0; height < 6; height += 1) ask('subscribe', { query: `tx.height=${height}` });
    for (let height = 0; height < 5; height += 1) expect((await next()).result).toEqual({});
    expect((await next()).error?.data).toContain('max_subscriptions_per_client');
    ask('status');
    expect((await next()).result.sync_info.latest_block_height).toBe('1');
    client.terminate();
  });
});
