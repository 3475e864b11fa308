import { type Ask, ChainMovedError, readBlock, readHead } from './block.reader.js';
import type { BlockHead, BlockListener } from './evm.types.js';
import { RecentBlocks } from './recent.blocks.js';

/** More missed blocks than this are not read: everything is taken for changed instead. */
export const LONGEST_GAP = 256;
/** Blocks before the first head that are delivered too: a restart misses nothing that happened while it took place. */
const BLOCKS_BEFORE_START = 32;
/** Blocks asked for at the same time. */
const PAGE = 16;

export interface FollowerOptions extends BlockListener {
  readonly ask: Ask;
  /** Before the blocks up to `head` are read. */
  readonly onProgress: (height: number, head: number) => void;
  /** All that was announced is delivered. */
  readonly onEnd: (height: number) => void;
  /** It has stopped; the next `reach` takes it up where it was. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Delivers the blocks of an EVM chain in order, each once, however the heads come: missed, repeated, or of another
 * branch. New blocks and gaps take the same way. What is delivered is told by hash and linked by its parent's, so a
 * height whose block was replaced is noticed whether or not the node says so.
 */
export class BlockFollower {
  private readonly recent = new RecentBlocks();
  private target: BlockHead | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly options: FollowerOptions) {}

  /** The last block delivered. */
  get height(): number | undefined {
    return this.recent.tip?.number;
  }

  /** The hash of the head that it has come to, or is on its way to. */
  get reaching(): string | undefined {
    return this.target?.hash ?? this.recent.tip?.hash;
  }

  /** Delivers up to this block, which is the head now. */
  reach(head: BlockHead): void {
    this.target = head;
    if (this.running === undefined && !this.isStopped) this.running = this.run();
  }

  /** Resolves when the last callback has returned. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.target !== undefined && !this.isStopped) {
        const head = this.target;
        await this.follow(head);
        if (this.target === head) this.target = undefined;
      }
      this.running = undefined;
      if (!this.isStopped) this.options.onEnd(this.recent.tip!.number);
    } catch (error) {
      this.running = undefined;
      this.target = undefined;
      if (!this.isStopped) this.options.onFailure(error);
    }
  }

  private async follow(head: BlockHead): Promise<void> {
    const { tip } = this.recent;
    if (tip === undefined) return this.deliver(await this.range(head.number - BLOCKS_BEFORE_START, head));
    // An older head, told late or by another node behind the same address, takes nothing back: a new branch does.
    if (this.recent.has(head.hash)) return;
    if (head.number - tip.number > LONGEST_GAP) return this.startOver(head);
    const branch = await this.range(tip.number + 1, head);
    while (!this.recent.has(branch[0]!.parentHash)) {
      if (branch[0]!.number <= (this.recent.lowest?.number ?? 0)) return this.startOver(head);
      branch.unshift(await readHead(this.options.ask, branch[0]!.parentHash));
    }
    await this.reorganize(branch[0]!.parentHash, branch);
  }

  /** What was delivered above the fork is taken back before the branch is delivered. */
  private async reorganize(fork: string, branch: readonly BlockHead[]): Promise<void> {
    const orphaned = this.recent.above(fork);
    if (orphaned.length > 0) {
      await this.options.onReorg({
        forkHeight: orphaned[0]!.number - 1,
        orphanedHeight: orphaned.at(-1)!.number,
        wallets: [...new Set(orphaned.flatMap(({ wallets }) => wallets))],
      });
      this.recent.cutAbove(fork);
    }
    await this.deliver(branch);
  }

  /** The head is of another chain than what was delivered, or too far from it. */
  private async startOver(head: BlockHead): Promise<void> {
    await this.options.onLost(head.number);
    this.recent.clear();
    await this.deliver([head]);
  }

  private async deliver(heads: readonly BlockHead[]): Promise<void> {
    const { ask, onBlock, onProgress } = this.options;
    for (let at = 0; at < heads.length && !this.isStopped; at += PAGE) {
      const page = heads.slice(at, at + PAGE);
      if (heads.length > 1) onProgress(page[0]!.number - 1, heads.at(-1)!.number);
      for (const block of await Promise.all(page.map((head) => readBlock(ask, head)))) {
        if (this.isStopped) return;
        await onBlock(block);
        this.recent.add(block);
      }
    }
  }

  /** The heads from a height up to this one, or it alone where that is higher. */
  private async range(from: number, head: BlockHead): Promise<BlockHead[]> {
    const heads: BlockHead[] = [];
    for (let at = Math.max(0, from); at < head.number; at += PAGE) {
      const length = Math.min(PAGE, head.number - at);
      const page = Array.from({ length }, (_, index) => readHead(this.options.ask, at + index));
      heads.push(...(await Promise.all(page)));
    }
    heads.push(head);
    const isLinked = heads.every(({ parentHash }, index) => index === 0 || parentHash === heads[index - 1]!.hash);
    if (!isLinked) throw new ChainMovedError('the chain was reorganized while it was read');
    return heads;
  }
}
