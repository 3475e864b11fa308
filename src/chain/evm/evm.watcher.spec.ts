import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, type DevnetOptions, startDevnet } from '@chaincache/devnet';
import { tcpProxy, type TcpProxy } from '../../../test/support/services.js';
import { type BlockWatch, type WatchState, WrongChainError } from '../cometbft/index.js';
import { LONGEST_GAP } from './block.follower.js';
import { watchEvmChain } from './evm.watcher.js';
import type { EvmBlock, EvmWatchOptions, Reorg } from './evm.types.js';

/** Notes everything that a watch says, and waits for it. */
class Witness {
  readonly blocks: EvmBlock[] = [];
  readonly reorgs: Reorg[] = [];
  readonly lost: number[] = [];
  readonly states: WatchState[] = [];
  readonly order: string[] = [];
  private readonly waiting = new Set<() => void>();

  readonly receivers = {
    onBlock: (block: EvmBlock) => this.note(`block ${block.number}`, () => this.blocks.push(block)),
    onReorg: (reorg: Reorg) => this.note(`reorg ${reorg.forkHeight}`, () => this.reorgs.push(reorg)),
    onLost: (head: number) => this.note(`lost ${head}`, () => this.lost.push(head)),
    onState: (state: WatchState): void => {
      this.states.push(state);
      this.wake();
    },
  };

  get receivedBy(): string[] {
    return this.blocks.flatMap(({ transfers }) => transfers.map(({ to }) => to));
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  untilBlock(number: number): Promise<void> {
    return this.until(() => this.blocks.some((block) => block.number === number));
  }

  untilState(kind: WatchState['kind'], after = 0): Promise<void> {
    return this.until(() => this.states.slice(after).some((state) => state.kind === kind));
  }

  private note(what: string, keep: () => unknown): Promise<void> {
    this.order.push(what);
    keep();
    this.wake();
    return Promise.resolve();
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

jest.setTimeout(30_000);

describe('a watch of an EVM chain', () => {
  let devnet: Devnet;
  let proxy: TcpProxy;
  let witness: Witness;
  const watches: BlockWatch[] = [];

  const start = (options: DevnetOptions = {}): Promise<Devnet> => startDevnet({ tokens: 2, ...options });

  beforeEach(async () => {
    devnet = await start();
    proxy = await tcpProxy({ target: devnet.evm.wsUrl });
    witness = new Witness();
  });

  afterEach(async () => {
    await Promise.all(watches.splice(0).map((watch) => watch.stop()));
    await proxy.close();
    await devnet.stop();
  });

  function watch(options: Partial<EvmWatchOptions> = {}): BlockWatch {
    const started = watchEvmChain({ url: proxy.url, chainId: devnet.evm.chainId, ...witness.receivers, ...options });
    watches.push(started);
    return started;
  }

  const chain = () => devnet.control.chain();
  const height = (): Promise<number> => chain().blockNumber();
  const wallet = (): `0x${string}` =>
    `0x${Array.from({ length: 40 }, () => Math.trunc(Math.random() * 16).toString(16)).join('')}`;
  const send = (to: `0x${string}`) =>
    chain().transfer({ token: devnet.evm.stable, from: devnet.wallets[0].address, to, amount: 1n });

  /** Each delivered block is the child of the one before, but for the first of a branch. */
  const breaks = (): number => {
    const { blocks } = witness;
    return blocks.filter(({ parentHash }, at) => at > 0 && parentHash !== blocks[at - 1]!.hash).length;
  };

  it('delivers the blocks that are there and each new one, in order and once, with who sent what to whom', async () => {
    const before = wallet();
    await send(before);
    watch();
    await witness.untilState('live');
    const after = wallet();
    const { blockNumber } = await send(after);
    await witness.untilBlock(blockNumber);
    const numbers = witness.blocks.map(({ number }) => number);
    expect(numbers).toEqual(Array.from(numbers, (_, at) => numbers[0]! + at));
    expect(breaks()).toBe(0);
    expect(witness.receivedBy).toEqual(expect.arrayContaining([before, after]));
    const [from] = [devnet.wallets[0].address.toLowerCase()];
    expect(witness.blocks.at(-1)!.transfers).toEqual([{ token: devnet.evm.stable.toLowerCase(), from, to: after }]);
  });

  it('delivers what happened while the connection was cut, in order and once', async () => {
    watch();
    await witness.untilState('live');
    await proxy.refuse();
    await witness.untilState('disconnected');
    const wallets = Array.from({ length: 5 }, wallet);
    for (const to of wallets) await send(to);
    await proxy.restore();
    await witness.untilBlock(await height());
    expect(witness.receivedBy.slice(-5)).toEqual(wallets);
    expect([breaks(), witness.reorgs, witness.lost]).toEqual([0, [], []]);
  });

  it.each([
    ['told by the node', false],
    ['that took place while nobody listened', true],
  ])('takes back the blocks of a reorganisation %s before it delivers those of the new branch', async (_how, away) => {
    watch();
    await witness.untilState('live');
    const to = wallet();
    const { blockNumber } = await send(to);
    await chain().mine(5);
    await witness.untilBlock(blockNumber + 5);
    witness.order.length = 0;
    if (away) {
      await proxy.refuse();
      await witness.untilState('disconnected');
    }
    await chain().reorg(6);
    if (away) await proxy.restore();
    await witness.until(() => witness.order.includes(`block ${blockNumber + 5}`));
    expect(witness.order[0]).toBe(`reorg ${blockNumber - 1}`);
    expect(witness.reorgs[0]).toMatchObject({ forkHeight: blockNumber - 1, orphanedHeight: blockNumber + 5 });
    expect([...witness.reorgs[0]!.wallets].sort()).toEqual([devnet.wallets[0].address.toLowerCase(), to].sort());
    expect(witness.order.filter((what) => what.startsWith('block'))).toHaveLength(6);
    expect(breaks()).toBe(1);
  });

  it('delivers a block again that was not taken, and none before it', async () => {
    let refusals = 2;
    const taken: number[] = [];
    watch({
      onBlock: (block) => {
        if (block.transfers.length > 0 && (refusals -= 1) >= 0) return Promise.reject(new Error('not now'));
        taken.push(block.number);
        return witness.receivers.onBlock(block);
      },
    });
    await witness.untilState('live');
    const { blockNumber } = await send(wallet());
    await chain().mine();
    await witness.untilBlock(blockNumber + 1);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.slice(-2)).toEqual([blockNumber, blockNumber + 1]);
    expect(witness.states.some(({ kind }) => kind === 'retrying')).toBe(true);
  });

  it('says that it lost its way rather than read more blocks than it should', async () => {
    watch();
    await witness.untilState('live');
    await proxy.refuse();
    await witness.untilState('disconnected');
    await chain().mine(LONGEST_GAP + 1);
    await proxy.restore();
    const head = await height();
    await witness.untilBlock(head);
    expect(witness.lost).toEqual([head]);
    const { blockNumber } = await send(wallet());
    await witness.untilBlock(blockNumber);
    expect(witness.reorgs).toEqual([]);
  });

  it('notices a connection that is open and dead', async () => {
    watch({ silenceMs: 100, requestTimeoutMs: 300 });
    await witness.untilState('live');
    proxy.blackhole();
    const { blockNumber } = await send(wallet());
    await witness.untilState('disconnected');
    proxy.blackhole(false);
    await witness.untilBlock(blockNumber);
  });

  it('goes on with a node that was restarted and kept its chain', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'chaincache-evm-watch-'));
    try {
      await devnet.stop();
      devnet = await start({ stateDir });
      proxy.retarget({ port: Number(new URL(devnet.evm.wsUrl).port) });
      watch();
      await witness.untilState('live');
      const delivered = witness.blocks.length;
      await devnet.stop();
      await witness.untilState('disconnected');
      devnet = await start({ stateDir });
      proxy.retarget({ port: Number(new URL(devnet.evm.wsUrl).port) });
      const to = wallet();
      const { blockNumber } = await send(to);
      await witness.untilBlock(blockNumber);
      expect(witness.blocks.slice(delivered).map(({ number }) => number)).toEqual([blockNumber]);
      expect([witness.lost, witness.reorgs]).toEqual([[], []]);
    } finally {
      await rm(stateDir, { recursive: true });
    }
  });

  it('takes a chain that was started anew for another one', async () => {
    watch();
    await witness.untilState('live');
    await devnet.stop();
    devnet = await start();
    proxy.retarget({ port: Number(new URL(devnet.evm.wsUrl).port) });
    const { blockNumber } = await send(wallet());
    // Within one second two chains may begin with the very same block: then all but that is taken back.
    await witness.until(() => witness.order.some((what) => what.startsWith('lost') || what === 'reorg 0'));
    await witness.untilBlock(blockNumber);
  });

  it('ends for good when the node is of another chain', async () => {
    await expect(watch({ chainId: 1 }).ready).rejects.toThrow(WrongChainError);
    expect(witness.states.at(-1)).toMatchObject({ kind: 'failed' });
    expect(witness.blocks).toEqual([]);
  });

  it('delivers nothing once it is stopped', async () => {
    const stopped = watch();
    await witness.untilState('live');
    await stopped.stop();
    const delivered = witness.blocks.length;
    const { blockNumber } = await send(wallet());
    // Another watch has seen it by now; the stopped one has not.
    const other = new Witness();
    watch(other.receivers);
    await other.untilBlock(blockNumber);
    expect(witness.blocks).toHaveLength(delivered);
    expect(witness.states.at(-1)).toEqual({ kind: 'stopped' });
  });
});
