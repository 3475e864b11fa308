import type { ChainLedger } from './chain.ledger.js';
import { heightOf, type StoredBlock } from './stored.block.js';

/** What is broken on request. Nothing is, at first. */
export interface ChainFaults {
  /** No new blocks. */
  halted: boolean;
  /** Connections are cut as soon as they ask for anything. */
  refusing: boolean;
  /** Sockets stay open, but no event is sent on them. */
  muted: boolean;
  /** Milliseconds before each answer and each event. */
  delayMs: number;
  /** How many blocks this node is behind the chain. */
  lagBlocks: number;
}

export const noFaults: Readonly<ChainFaults> = {
  halted: false,
  refusing: false,
  muted: false,
  delayMs: 0,
  lagBlocks: 0,
};

export type BlockListener = (stored: StoredBlock) => void;

/** The node that people ask: the chain as far as this node has it, and announcements of what is new. */
export class ChainNode {
  readonly faults: ChainFaults = { ...noFaults };
  private readonly listeners = new Set<BlockListener>();
  private announcedHeight: number;

  constructor(readonly ledger: ChainLedger) {
    this.announcedHeight = ledger.height;
  }

  /** The height that this node admits to. */
  get height(): number {
    return Math.max(this.ledger.base, this.ledger.height - this.faults.lagBlocks);
  }

  get head(): StoredBlock {
    const head = this.ledger.at(this.height);
    if (head === undefined) throw new Error('The chain has no block yet.');
    return head;
  }

  /** A block that this node admits to. */
  at(height: number): StoredBlock | undefined {
    return height > this.height ? undefined : this.ledger.at(height);
  }

  onBlock(listener: BlockListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Makes and announces blocks; returns the last. Throws while the chain is halted. */
  produce(count = 1): StoredBlock {
    for (let made = 0; made < count; made += 1) {
      this.make();
      this.announce();
    }
    return this.ledger.at(this.ledger.height)!;
  }

  /** Makes blocks of which only the last is announced, as after events were lost. */
  jump(count: number): StoredBlock {
    for (let made = 0; made < count; made += 1) this.make();
    this.announcedHeight = Math.max(this.announcedHeight, this.height - 1);
    this.announce();
    return this.ledger.at(this.ledger.height)!;
  }

  setFaults(changes: Partial<ChainFaults>): void {
    Object.assign(this.faults, changes);
    this.announce();
  }

  private make(): void {
    if (this.faults.halted) throw new Error('The chain is halted; resume it first.');
    this.ledger.produceBlock();
  }

  private announce(): void {
    while (this.announcedHeight < this.height) {
      const stored = this.ledger.at(this.announcedHeight + 1);
      this.announcedHeight = stored === undefined ? this.height : heightOf(stored);
      if (stored === undefined || this.faults.muted) continue;
      for (const listener of this.listeners) listener(stored);
    }
  }
}
