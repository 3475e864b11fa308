import { BlockFollower, LONGEST_GAP } from './block.follower.js';
import type { Ask } from './block.reader.js';
import type { BlockHead } from './evm.types.js';

const hex = (number: number): string => `0x${number.toString(16)}`;
const hashOf = (branch: string, number: number): string => `0x${branch}${number.toString(16).padStart(63, '0')}`;

/** A node's chain, which can turn to another branch. Block hashes begin with the branch's letter. */
class Chain {
  private branch: BlockHead[] = [];
  private readonly known = new Map<string, BlockHead>();

  constructor() {
    this.grow('a', 0, 10);
  }

  get head(): BlockHead {
    return this.branch.at(-1)!;
  }

  /** Replaces all blocks from this height by those of a branch, up to a height. The same branch has the same blocks. */
  grow(branch: string, from: number, to: number): BlockHead {
    this.branch = this.branch.slice(0, from);
    for (let number = from; number <= to; number += 1) {
      const parentHash = this.branch.at(-1)?.hash ?? `0x${'0'.repeat(64)}`;
      const block = { number, hash: hashOf(branch, number), parentHash };
      this.branch.push(block);
      this.known.set(block.hash, block);
    }
    return this.head;
  }

  readonly ask: Ask = <Result>(method: string, [name]: readonly unknown[]): Promise<Result> => {
    if (method === 'eth_getLogs') return Promise.resolve([] as Result);
    const byHash = method === 'eth_getBlockByHash';
    const block = byHash ? this.known.get(String(name)) : this.branch[Number(name)];
    return Promise.resolve((block === undefined ? null : { ...block, number: hex(block.number) }) as Result);
  };
}

describe('a follower of heads', () => {
  let chain: Chain;
  let order: string[];
  let follower: BlockFollower;
  let refusals: number;
  let settled: () => void;

  beforeEach(async () => {
    chain = new Chain();
    order = [];
    refusals = 0;
    settled = () => undefined;
    follower = new BlockFollower({
      ask: chain.ask,
      onBlock: ({ hash, number }) => {
        if (refusals > 0) return Promise.reject(new Error(`not now ${(refusals -= 1)}`));
        order.push(`${hash[2]}${number}`);
        return Promise.resolve();
      },
      onReorg: ({ forkHeight, orphanedHeight }) =>
        Promise.resolve(void order.push(`reorg ${forkHeight} ${orphanedHeight}`)),
      onLost: (head) => Promise.resolve(void order.push(`lost ${head}`)),
      onProgress: () => undefined,
      onEnd: () => settled(),
      onFailure: () => settled(),
    });
    await reach(chain.head);
    order.length = 0;
  });

  function reach(head: BlockHead): Promise<void> {
    return new Promise((resolve) => {
      settled = resolve;
      follower.reach(head);
    });
  }

  it('delivers what lies between the heads that it hears of', async () => {
    await reach(chain.grow('a', 11, 13));
    expect(order).toEqual(['a11', 'a12', 'a13']);
  });

  it('delivers nothing for a head that is told twice, or late', async () => {
    const [late] = [chain.head];
    await reach(chain.grow('a', 11, 12));
    order.length = 0;
    await reach(chain.head);
    await reach(late);
    expect(order).toEqual([]);
  });

  it('takes back what another branch replaced, though it is lower, and delivers the branch', async () => {
    await reach(chain.grow('b', 7, 8));
    expect(order).toEqual(['reorg 6 10', 'b7', 'b8']);
  });

  it('finds back to a branch that it had left', async () => {
    await reach(chain.grow('b', 9, 10));
    await reach(chain.grow('a', 9, 10));
    await reach(chain.grow('a', 11, 11));
    expect(order).toEqual(['reorg 8 10', 'b9', 'b10', 'reorg 8 10', 'a9', 'a10', 'a11']);
  });

  it('delivers a block again that was not taken, and goes on from there', async () => {
    refusals = 1;
    await reach(chain.grow('a', 11, 12));
    expect(order).toEqual([]);
    await reach(chain.head);
    expect(order).toEqual(['a11', 'a12']);
  });

  it('reads the longest gap that is allowed, and starts over behind a longer one', async () => {
    await reach(chain.grow('a', 11, 10 + LONGEST_GAP));
    expect(order).toHaveLength(LONGEST_GAP);
    order.length = 0;
    const head = chain.grow('a', 11 + LONGEST_GAP, 11 + 2 * LONGEST_GAP);
    await reach(head);
    expect(order).toEqual([`lost ${head.number}`, `a${head.number}`]);
  });

  it('starts over on a chain that has no block in common with what it remembers', async () => {
    await reach(chain.grow('c', 0, 12));
    expect(order).toEqual(['lost 12', 'c12']);
  });
});
