import type { ChainEvent } from './cometbft.types.js';

export interface MinerCount {
  submissions: number;
  accepted: number;
  blocksMined: number;
  lastHeight: number;
}

type Executed = { readonly height: number; readonly events: readonly ChainEvent[] };

/** What each miner has done so far, counted from the events of the blocks. */
export class MinerTally {
  private readonly counts: Map<string, MinerCount>;

  constructor(counts: Readonly<Record<string, MinerCount>> = {}) {
    this.counts = new Map(Object.entries(counts).map(([miner, count]) => [miner, { ...count }]));
  }

  apply({ height, events }: Executed): void {
    for (const event of events) {
      const miner = attribute(event, 'miner');
      if (miner === undefined) continue;
      const count = this.of(miner);
      if (event.type === 'remes.block_mined') count.blocksMined += 1;
      if (event.type === 'remes.gradient_submitted') {
        count.submissions += 1;
        count.lastHeight = height;
        if (attribute(event, 'accepted') === 'true') count.accepted += 1;
      }
    }
  }

  /** A miner's count, made at zero on first sight. */
  of(miner: string): MinerCount {
    let count = this.counts.get(miner);
    if (count === undefined) {
      count = { submissions: 0, accepted: 0, blocksMined: 0, lastHeight: 0 };
      this.counts.set(miner, count);
    }
    return count;
  }

  find(miner: string): Readonly<MinerCount> | undefined {
    return this.counts.get(miner);
  }

  entries(): readonly (readonly [string, Readonly<MinerCount>])[] {
    return [...this.counts];
  }

  toJSON(): Record<string, MinerCount> {
    return Object.fromEntries(this.counts);
  }
}

export function attribute(event: ChainEvent, key: string): string | undefined {
  return event.attributes.find((candidate) => candidate.key === key)?.value;
}
