import type { EvmBlock } from './evm.types.js';

/** Deeper reorganisations than this are taken for another chain. */
export const REMEMBERED_BLOCKS = 64;

export interface RememberedBlock {
  readonly number: number;
  readonly hash: string;
  readonly wallets: readonly string[];
}

/** The last blocks that were delivered, each the parent of the next, and who sent or received in them. */
export class RecentBlocks {
  private blocks: RememberedBlock[] = [];

  /** The last one delivered. */
  get tip(): RememberedBlock | undefined {
    return this.blocks.at(-1);
  }

  get lowest(): RememberedBlock | undefined {
    return this.blocks[0];
  }

  has(hash: string): boolean {
    return this.blocks.some((block) => block.hash === hash);
  }

  add(block: EvmBlock): void {
    this.blocks.push({ number: block.number, hash: block.hash, wallets: walletsOf(block) });
    if (this.blocks.length > REMEMBERED_BLOCKS) this.blocks.shift();
  }

  /** Those above the block of this hash. */
  above(hash: string): readonly RememberedBlock[] {
    return this.blocks.slice(this.blocks.findIndex((block) => block.hash === hash) + 1);
  }

  /** Forgets those above the block of this hash. */
  cutAbove(hash: string): void {
    this.blocks = this.blocks.slice(0, this.blocks.findIndex((block) => block.hash === hash) + 1);
  }

  clear(): void {
    this.blocks = [];
  }
}

/** Who sent or received in a block, each once. */
export function walletsOf({ transfers }: Pick<EvmBlock, 'transfers'>): string[] {
  return [...new Set(transfers.flatMap(({ from, to }) => [from, to]))];
}
