import { startR3mesChain, devnetR3mesWallet as devnetWallet, type R3mesChain } from '@chaincache/devnet';
import { ManualClock } from '@chaincache/cache/testing';
import { watchBlocks, WrongChainError } from './index.js';
import type { BlockWatch, WatchedBlock, WatchOptions } from './index.js';
import { Witness } from '../../../test/support/watch.witness.js';

const quick = { backoff: { firstMs: 5, longestMs: 20 } };
const change = { kind: 'change-credits', wallet: devnetWallet('user/1'), amount: '5' } as const;

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

let chain: R3mesChain;
let witness: Witness;
const watches: BlockWatch[] = [];
beforeEach(async () => {
  chain = await startR3mesChain({ blockInterval: 'manual' });
  witness = new Witness();
});
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.stop()));
  await chain.stop();
});

function watch(options: Partial<WatchOptions> = {}): BlockWatch {
  const started = watchBlocks({
    url: chain.rpcUrl,
    chainId: chain.chainId,
    rpc: quick,
    ...witness.receivers,
    ...options,
  });
  watches.push(started);
  return started;
}

describe('blocks and transactions', () => {
  it('begins with the node’s last block and delivers each new one with its hash, miner and transactions', async () => {
    chain.control.produceBlock(4);
    await watch().ready;
    await witness.untilHeight(5);
    const hash = chain.control.submit([change]);
    chain.control.produceBlock();
    await witness.untilHeight(6);
    expect(witness.order).toEqual(['block 5', 'tx 6.0', 'block 6']);
    expect(witness.txs[0]).toMatchObject({ hash, code: 0, wallets: [change.wallet] });
    const answer = (await (await fetch(`${chain.rpcUrl}/block?height=6`)).json()) as {
      result: { block_id: { hash: string } };
    };
    expect(witness.blocks[1]!.hash).toBe(answer.result.block_id.hash);
    expect(witness.blocks[1]).toMatchObject({ height: 6, txCount: 1, miner: expect.stringMatching(/^remes1/) });
    expect(witness.state).toEqual({ kind: 'live', height: 6 });
  });

  it('a transfer names sender and recipient, each wallet once', async () => {
    watch();
    await witness.untilHeight(1);
    const [from, to] = [devnetWallet('user/1'), devnetWallet('user/2')];
    chain.control.submit([change, { kind: 'transfer', from, to, amount: '3' }]);
    chain.control.produceBlock();
    await witness.untilHeight(2);
    expect(witness.txs[0]!.wallets).toEqual([from, to]);
  });

  it('from: fills from that height in order, over more than one page of the node', async () => {
    for (let height = 2; height <= 50; height += 1) {
      if (height % 7 === 0) chain.control.submit([change]);
      chain.control.produceBlock();
    }
    watch({ from: 3 });
    await witness.untilHeight(50);
    expect(witness.heights).toEqual(range(3, 50));
    expect(witness.txs.map(({ height }) => height)).toEqual([7, 14, 21, 28, 35, 42, 49]);
  });

  it('blocks of which only the last was announced are all delivered', async () => {
    watch();
    await witness.untilHeight(1);
    chain.control.jump(30);
    await witness.untilHeight(31);
    expect(witness.heights).toEqual(range(1, 31));
  });

  it('a block that was not taken is delivered again before the next', async () => {
    let refusals = 2;
    const onBlock = (block: WatchedBlock): Promise<void> => {
      if (block.height === 2 && refusals-- > 0) return Promise.reject(new Error('the database is down'));
      witness.receivers.onBlock(block);
      return Promise.resolve();
    };
    watch({ onBlock, from: 1 });
    await witness.untilHeight(1);
    chain.control.submit([change]);
    chain.control.produceBlock(3);
    await witness.untilHeight(4);
    expect(witness.order).toEqual(['block 1', 'tx 2.0', 'tx 2.0', 'tx 2.0', 'block 2', 'block 3', 'block 4']);
    expect(witness.states.some(({ kind }) => kind === 'retrying')).toBe(true);
  });

  it('nothing is delivered after stop has resolved', async () => {
    const watching = watch();
    await witness.untilHeight(1);
    chain.control.jump(100);
    await witness.until(() => witness.blocks.length > 2);
    await watching.stop();
    const delivered = witness.blocks.length;
    chain.control.produceBlock(3);
    await watch({ onBlock: () => undefined, onTx: () => undefined, onState: () => undefined }).ready;
    expect(witness.blocks).toHaveLength(delivered);
    expect(witness.state).toEqual({ kind: 'stopped' });
  });
});

describe('connections that break', () => {
  it('sockets cut while 5 blocks pass: all 5 are delivered once, in order', async () => {
    watch();
    await witness.untilHeight(1);
    chain.control.refuse(true);
    await witness.untilState('disconnected');
    const hash = chain.control.submit([change]);
    chain.control.produceBlock(5);
    chain.control.refuse(false);
    await witness.untilHeight(6);
    chain.control.produceBlock();
    await witness.untilHeight(7);
    expect(witness.heights).toEqual(range(1, 7));
    expect(witness.txs.map((tx) => [tx.height, tx.hash])).toEqual([[2, hash]]);
  });

  it('cut again and again while blocks and gaps are being delivered: each once, in order', async () => {
    watch();
    await witness.untilHeight(1);
    for (let round = 0; round < 15; round += 1) {
      chain.control.submit([change]);
      chain.control.jump(7);
      if (round % 3 !== 0) await witness.until(() => witness.blocks.length > round * 7);
      chain.control.dropSockets();
      chain.control.produceBlock(2);
    }
    await witness.untilHeight(1 + 15 * 9);
    expect(witness.heights).toEqual(range(1, 136));
    expect(witness.txs.map(({ height }) => height)).toEqual(Array.from({ length: 15 }, (_, round) => 2 + round * 9));
  });

  it('a node that is not there at the start is found when it comes', async () => {
    chain.control.refuse(true);
    const watching = watch();
    await witness.untilState('disconnected');
    chain.control.refuse(false);
    await watching.ready;
    await witness.untilHeight(1);
  });

  it('a slow node loses nothing', async () => {
    watch();
    await witness.untilHeight(1);
    chain.control.delay(20);
    chain.control.produceBlock(3);
    await witness.untilHeight(4);
    expect(witness.heights).toEqual(range(1, 4));
  });

  it('a node behind the same address that lacks an announced height is asked again', async () => {
    watch();
    await witness.untilHeight(1);
    chain.control.produceBlock(3);
    // Before the watcher can read them, a node answers that has none of the three.
    chain.control.lag(3);
    await witness.untilState('behind');
    expect(witness.states.some(({ kind }) => kind === 'retrying')).toBe(true);
    chain.control.clear();
    chain.control.produceBlock();
    await witness.untilHeight(5);
    await witness.until(() => witness.state?.kind === 'live');
    expect(witness.heights).toEqual(range(1, 5));
  });
});

describe('silence', () => {
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    watch({ clock, expectedBlockMs: 1_000, silentBlocks: 3, rpc: {} });
    await witness.untilHeight(1);
    await witness.untilState('live');
  });

  it('a halted chain is known as halted, for how long, and as live with its next block', async () => {
    chain.control.halt();
    await clock.advance(2_999);
    expect(witness.state?.kind).toBe('live');
    await clock.advance(1);
    await witness.untilState('halted');
    expect(witness.state).toEqual({ kind: 'halted', height: 1, silentMs: 3_000 });
    await clock.advance(3_000);
    await witness.until(() => witness.states.filter(({ kind }) => kind === 'halted').length === 2);
    expect(witness.state).toMatchObject({ silentMs: 6_000 });
    chain.control.resume();
    chain.control.produceBlock();
    await witness.untilHeight(2);
    await witness.until(() => witness.state?.kind === 'live');
    expect(witness.states.some(({ kind }) => kind === 'disconnected')).toBe(false);
  });

  it('a socket that is open but silent is replaced, and what it kept back is delivered', async () => {
    chain.control.mute(true);
    chain.control.produceBlock(4);
    await clock.advance(3_000);
    await witness.untilState('disconnected');
    expect(witness.states.find(({ kind }) => kind === 'disconnected')).toMatchObject({
      reason: 'no events came although the chain went on',
    });
    chain.control.mute(false);
    await clock.advance(250);
    await witness.untilHeight(5);
    await witness.until(() => witness.state?.kind === 'live');
    chain.control.produceBlock();
    await witness.untilHeight(6);
    expect(witness.heights).toEqual(range(1, 6));
  });

  it('a node that does not answer is left for a new connection', async () => {
    chain.control.delay(60_000);
    await clock.advance(3_000);
    await clock.advance(5_000);
    await witness.untilState('disconnected');
    expect(witness.states.find(({ kind }) => kind === 'disconnected')).toMatchObject({
      reason: 'the node did not answer',
    });
    chain.control.clear();
    chain.control.produceBlock(2);
    await clock.advance(250);
    await witness.untilHeight(3);
    expect(witness.heights).toEqual(range(1, 3));
  });

  it('a node that fell behind what was delivered is known as behind, and nothing is delivered twice', async () => {
    chain.control.produceBlock(9);
    await witness.untilHeight(10);
    chain.control.lag(4);
    await clock.advance(3_000);
    await witness.untilState('behind');
    expect(witness.state).toEqual({ kind: 'behind', height: 10, nodeHeight: 6 });
    chain.control.produceBlock(2);
    chain.control.lag(0);
    await witness.untilHeight(12);
    expect(witness.heights).toEqual(range(1, 12));
  });

  it('a node that is catching up with its chain is known as behind', async () => {
    chain.control.lag(2);
    chain.control.produceBlock(4);
    await witness.untilHeight(3);
    await clock.advance(3_000);
    await witness.untilState('behind');
    expect(witness.state).toEqual({ kind: 'behind', height: 3, nodeHeight: 3 });
    chain.control.clear();
    await witness.untilHeight(5);
    await witness.until(() => witness.state?.kind === 'live');
  });
});

describe('which chain it is', () => {
  it('a node of another chain ends the watch with an error that says what to correct; nothing is delivered', async () => {
    const watching = watch({ chainId: 'r3mes-mainnet-1' });
    await expect(watching.ready).rejects.toThrow(WrongChainError);
    await expect(watching.ready).rejects.toThrow(
      /The node at 127\.0\.0\.1:\d+ is of chain "r3mes-testnet-1", but "r3mes-mainnet-1" is wanted/,
    );
    chain.control.produceBlock(2);
    expect(witness.state).toMatchObject({ kind: 'failed', error: expect.any(WrongChainError) });
    expect(witness.order).toEqual([]);
    while (chain.control.state().sockets > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('another chain under the same address after a restart ends it too', async () => {
    watch();
    await witness.untilHeight(1);
    const rpcPort = Number(new URL(chain.rpcUrl).port);
    await chain.stop();
    chain = await startR3mesChain({ blockInterval: 'manual', chainId: 'other-9', rpcPort });
    await witness.untilState('failed');
    expect(witness.heights).toEqual([1]);
  });

  it('a chain that was started anew under the same id is told as such, and its blocks are delivered', async () => {
    chain.control.produceBlock(8);
    watch();
    await witness.untilHeight(9);
    const rpcPort = Number(new URL(chain.rpcUrl).port);
    await chain.stop();
    // Blocks are at least 1 ms apart, so that a quick run of them is ahead of the clock.
    while (Date.now() <= witness.blocks[0]!.time.getTime() + 1) await new Promise((resolve) => setImmediate(resolve));
    chain = await startR3mesChain({ blockInterval: 'manual', rpcPort });
    await witness.until(() => witness.losses.length > 0);
    expect(witness.losses).toEqual([{ kind: 'replaced', delivered: 9 }]);
    await witness.untilHeight(1);
    chain.control.produceBlock();
    await witness.untilHeight(2);
    expect(witness.heights).toEqual([9, 1, 2]);
  });

  it('after: goes on behind a block of an earlier run, and notices that it is of a chain that is gone', async () => {
    chain.control.produceBlock(5);
    const first = watch({ from: 3 });
    await witness.untilHeight(4);
    const fourth = witness.blocks.find(({ height }) => height === 4)!;
    await first.stop();
    witness = new Witness();
    await watch({ ...witness.receivers, after: fourth }).ready;
    await witness.untilHeight(6);
    expect([witness.heights, witness.losses]).toEqual([[5, 6], []]);
    witness = new Witness();
    watch({ ...witness.receivers, after: { ...fourth, hash: 'AB'.repeat(32) } });
    await witness.untilHeight(6);
    expect(witness.order).toEqual(['replaced', 'block 5', 'block 6']);
  });

  it('heights that the node has pruned are told as lost, and it goes on with the first that is there', async () => {
    await chain.stop();
    chain = await startR3mesChain({ blockInterval: 'manual', retainBlocks: 5 });
    chain.control.produceBlock(30);
    watch({ from: 2 });
    await witness.untilHeight(31);
    expect(witness.losses).toEqual([{ kind: 'pruned', from: 2, to: 26 }]);
    expect(witness.heights).toEqual(range(27, 31));
  });
});
