import { readBlocks, type ReadBlock } from './block.reader.js';
import type { CometClient } from './rpc.types.js';
import type { Delivered, Loss, WatchOptions } from './watch.types.js';

export interface DeliveryOptions extends Pick<WatchOptions, 'onBlock' | 'onTx' | 'onLost' | 'from' | 'after'> {
  readonly client: CometClient;
  /** Before blocks `next` to `head` are read. */
  readonly onProgress: (next: number, head: number) => void;
  /** All that is known of is delivered. */
  readonly onEnd: (height: number) => void;
  /** Delivery has stopped; `resume` takes it up where it was. */
  readonly onFailure: (error: unknown) => void;
}

/** Blocks that will never be delivered, and where it goes on. */
interface Correction {
  readonly loss: Loss;
  readonly next: number;
}

/**
 * Delivers heights one after the other, each once, up to the highest one that was heard of. New blocks and gaps take the
 * same way, so that they cannot overtake one another. Each block must name the one before it as its parent.
 */
export class BlockDelivery {
  private next: number | undefined;
  private last: Delivered | undefined;
  private head = 0;
  private correction: Correction | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly options: DeliveryOptions) {
    this.last = options.after;
    this.next = options.after === undefined ? options.from : options.after.height + 1;
  }

  /** The last block delivered; undefined before the first. */
  get delivered(): Delivered | undefined {
    return this.last;
  }

  /** The height that is due; undefined until a node told where to begin. */
  get due(): number | undefined {
    return this.next;
  }

  /** The highest height that was heard of; 0 at first. */
  get known(): number {
    return this.head;
  }

  /** Delivers up to this height. */
  reach(height: number): void {
    this.next ??= height;
    this.head = Math.max(this.head, height);
    this.resume();
  }

  /** Goes on with what is left, if it is not being done already. */
  resume(): void {
    if (this.running === undefined && !this.isStopped && this.hasWork()) this.running = this.run();
  }

  /** Leaves out what the node no longer has. */
  skipTo(height: number): void {
    if (this.next === undefined || this.next >= height) return;
    this.correction = { loss: { kind: 'pruned', from: this.next, to: height - 1 }, next: height };
    this.resume();
  }

  /** Begins anew at the head of a chain that took the other's place. */
  restart(height: number): void {
    this.head = height;
    this.correction = { loss: { kind: 'replaced', delivered: this.last?.height ?? height }, next: height };
    this.resume();
  }

  /** Resolves when the last callback has returned. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private hasWork(): boolean {
    return this.correction !== undefined || (this.next !== undefined && this.next <= this.head);
  }

  private async run(): Promise<void> {
    try {
      while (!this.isStopped && this.hasWork()) {
        if (this.correction === undefined) await this.deliverPage(this.next!);
        else await this.correct(this.correction);
      }
      this.running = undefined;
      if (!this.isStopped) this.options.onEnd(this.next! - 1);
    } catch (error) {
      this.running = undefined;
      if (!this.isStopped) this.options.onFailure(error);
    }
  }

  private async correct(correction: Correction): Promise<void> {
    await this.options.onLost?.(correction.loss);
    this.next = correction.next;
    this.last = undefined;
    if (this.correction === correction) this.correction = undefined;
  }

  private async deliverPage(from: number): Promise<void> {
    this.options.onProgress(from, this.head);
    for (const read of await readBlocks(this.options.client, from, this.head)) {
      if (this.isStopped || this.correction !== undefined) return;
      if (read.block.height !== this.next) throw new Error(`The node left out height ${this.next}.`);
      await this.deliver(read);
    }
  }

  private async deliver({ block, txs, parentHash }: ReadBlock): Promise<void> {
    const { onTx, onBlock, onLost } = this.options;
    if (this.last !== undefined && this.last.hash !== parentHash) {
      await onLost?.({ kind: 'replaced', delivered: this.last.height });
      this.last = undefined;
    }
    for (const tx of txs) await onTx(tx);
    await onBlock(block);
    this.last = block;
    this.next = block.height + 1;
  }
}
