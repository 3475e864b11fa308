import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headerHash } from './block.hashing.js';
import type { MinerCount } from './miner.tally.js';
import type { StoredBlock } from './stored.block.js';

/** What a chain begins with, and what outlives the blocks that were pruned. */
export interface ChainOrigin {
  readonly chainId: string;
  readonly genesisTime: string;
  /** Validators' keys follow from it. */
  readonly seed: string;
  /** The tally of the blocks that are no longer kept. */
  readonly tally: Readonly<Record<string, MinerCount>>;
}

export interface ChainStorage {
  load(): { readonly origin: ChainOrigin; readonly blocks: StoredBlock[] } | undefined;
  /** Starts the file anew with these blocks: at the beginning, and when pruned blocks have piled up. */
  rewrite(origin: ChainOrigin, blocks: readonly StoredBlock[]): void;
  /** Returns once the block would survive this process being killed. */
  append(block: StoredBlock): void;
}

/** Keeps nothing. */
export const memoryStorage: ChainStorage = {
  load: () => undefined,
  rewrite: () => undefined,
  append: () => undefined,
};

/** One file of JSON lines, the origin first, then a block a line. A last line cut short by a kill is dropped. */
export function fileStorage(stateDir: string): ChainStorage {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'chain.jsonl');
  return {
    load() {
      if (!existsSync(file)) return undefined;
      const text = readFileSync(file, 'utf8');
      const complete = text.slice(0, text.lastIndexOf('\n') + 1);
      const [origin, ...blocks] = complete
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown);
      if (origin === undefined) return undefined;
      checkLinks(blocks as StoredBlock[], file);
      // The cut tail must go before the next append continues its line.
      if (complete.length < text.length) replace(file, complete);
      return { origin: origin as ChainOrigin, blocks: blocks as StoredBlock[] };
    },
    rewrite(origin, blocks) {
      replace(file, [origin, ...blocks].map((line) => `${JSON.stringify(line)}\n`).join(''));
    },
    append(block) {
      appendFileSync(file, `${JSON.stringify(block)}\n`);
    },
  };
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function checkLinks(blocks: readonly StoredBlock[], file: string): void {
  blocks.forEach((stored, index) => {
    const previous = blocks[index - 1];
    const linked = previous === undefined || stored.block.header.last_block_id.hash === previous.block_id.hash;
    if (linked && headerHash(stored.block.header) === stored.block_id.hash) return;
    throw new Error(`${file} is damaged at height ${stored.block.header.height}; remove it to start a new chain.`);
  });
}
