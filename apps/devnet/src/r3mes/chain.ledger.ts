import { hex, nanosOfTime, timeOfNanos } from './block.encoding.js';
import {
  blockIdOf,
  commitHash,
  consensusHash,
  dataHash,
  emptyHash,
  resultsHash,
  txHash,
  upperHex,
} from './block.hashing.js';
import type { ChainOrigin, ChainStorage } from './chain.storage.js';
import { emptyBlockId, emptyCommit } from './cometbft.types.js';
import type { Block, BlockId, ChainEvent, Commit, TxResult } from './cometbft.types.js';
import { heightOf, type StoredBlock } from './stored.block.js';
import { sha256 } from './merkle.tree.js';
import { MinerTally } from './miner.tally.js';
import { chainEvent, denom, executeTx } from './tx.execution.js';
import type { ValidatorSet } from './validator.set.js';

export const consensusLimits = { maxBytes: 22_020_096n, maxGas: -1n };
const txsPerBlock = 1_000;
/** Source: mempool.size of CometBFT. */
const mempoolSize = 5_000;
const blockReward = `1000000${denom}`;
const nanosPerMs = 1_000_000n;

export interface LedgerOptions {
  readonly origin: ChainOrigin;
  readonly validators: ValidatorSet;
  readonly miners: readonly string[];
  /** How many blocks are kept; older ones are pruned, as on a real node. */
  readonly retainBlocks: number;
  /** Wall-clock nanoseconds. */
  readonly now: () => bigint;
}

/** The chain itself: a mempool, blocks with every hash and signature in place, and an index of transactions. */
export class ChainLedger {
  readonly tally: MinerTally;
  readonly mempool = new Map<string, string>();
  private readonly prunedTally: MinerTally;
  private readonly txIndex = new Map<string, { height: number; index: number }>();
  private blocks: StoredBlock[] = [];
  private linesStored = 0;

  constructor(
    readonly options: LedgerOptions,
    private readonly storage: ChainStorage,
    blocks: readonly StoredBlock[] = [],
  ) {
    this.tally = new MinerTally(options.origin.tally);
    this.prunedTally = new MinerTally(options.origin.tally);
    for (const miner of options.miners) this.tally.of(miner);
    for (const block of blocks) this.adopt(block);
    this.compact();
  }

  /** The lowest height that is kept; 1 when nothing was pruned yet. */
  get base(): number {
    return this.blocks.length === 0 ? 1 : heightOf(this.blocks[0]!);
  }

  /** The height of the last block; 0 before the first. */
  get height(): number {
    return this.blocks.length === 0 ? 0 : heightOf(this.blocks.at(-1)!);
  }

  at(height: number): StoredBlock | undefined {
    return this.blocks[height - this.base];
  }

  /** Where a transaction is, by upper-case hash. */
  findTx(hash: string): { readonly height: number; readonly index: number } | undefined {
    return this.txIndex.get(hash);
  }

  /** The kept transactions, oldest first. */
  txs(): Iterable<readonly [string, { readonly height: number; readonly index: number }]> {
    return this.txIndex;
  }

  /** Checks a transaction (base64) and, if it is good, queues it. Throws when the chain has it already or is full. */
  submit(tx: string): { readonly hash: string; readonly check: TxResult } {
    const hash = txHash(tx);
    if (this.mempool.size >= mempoolSize) throw new Error(`mempool is full: number of txs ${mempoolSize}`);
    if (this.mempool.has(hash) || this.txIndex.has(hash)) throw new Error('tx already exists in cache');
    const check = executeTx(tx);
    if (check.code === 0) this.mempool.set(hash, tx);
    return { hash, check };
  }

  /** Makes the next block out of what is queued, and stores it before anyone hears of it. */
  produceBlock(): StoredBlock {
    const txs = [...this.mempool.values()].slice(0, txsPerBlock);
    const results = txs.map(executeTx);
    const block = this.assemble(txs);
    const { height, proposer_address, app_hash } = block.header;
    const miner = this.minerOf(height, proposer_address);
    const block_id = blockIdOf(block);
    const stored: StoredBlock = {
      block,
      block_id,
      results,
      finalizeEvents: [chainEvent('remes.block_mined', { miner, reward: blockReward })],
      appHash: upperHex(sha256(hex(app_hash), hex(dataHash(txs)), hex(resultsHash(results)))),
      commit: this.signCommit(block, block_id),
      miner,
    };
    this.storage.append(stored);
    this.adopt(stored);
    for (const tx of txs) this.mempool.delete(txHash(tx));
    if (this.linesStored > this.options.retainBlocks * 2) this.compact();
    return stored;
  }

  private assemble(txs: readonly string[]): Block {
    const { origin, validators } = this.options;
    const previous = this.blocks.at(-1);
    const height = this.height + 1;
    const last_commit = previous?.commit ?? emptyCommit;
    return {
      header: {
        version: { block: '11', app: '1' },
        chain_id: origin.chainId,
        height: String(height),
        time: previous === undefined ? origin.genesisTime : validators.medianTime(last_commit),
        last_block_id: previous?.block_id ?? emptyBlockId,
        last_commit_hash: commitHash(last_commit),
        data_hash: dataHash(txs),
        validators_hash: validators.hash,
        next_validators_hash: validators.hash,
        consensus_hash: consensusHash(consensusLimits),
        app_hash: previous?.appHash ?? upperHex(sha256(Buffer.from(origin.chainId, 'utf8'))),
        last_results_hash: previous === undefined ? emptyHash : resultsHash(previous.results),
        evidence_hash: emptyHash,
        proposer_address: validators.turn(BigInt(height)).proposer.address,
      },
      data: { txs },
      evidence: { evidence: [] },
      last_commit,
    };
  }

  /** Votes are cast a little after one another, and always after the block's own time. */
  private signCommit(block: Block, blockId: BlockId): Commit {
    const { origin, validators, now } = this.options;
    const earliest = nanosOfTime(block.header.time) + nanosPerMs;
    const start = now() > earliest ? now() : earliest;
    const times = validators.validators.map((_, index) => timeOfNanos(start + BigInt(index) * 137_041n));
    return validators.signCommit(origin.chainId, block.header.height, blockId, times);
  }

  private minerOf(height: string, proposer: string): string {
    const draw = sha256(Buffer.from(`${proposer}/${height}`, 'utf8')).readUInt32BE(0);
    return this.options.miners[draw % this.options.miners.length]!;
  }

  private adopt(stored: StoredBlock): void {
    this.blocks.push(stored);
    this.linesStored += 1;
    const height = heightOf(stored);
    stored.block.data.txs.forEach((tx, index) => this.txIndex.set(txHash(tx), { height, index }));
    this.tally.apply({ height, events: allEvents(stored) });
    while (this.blocks.length > this.options.retainBlocks) this.prune(this.blocks.shift()!);
  }

  private prune(stored: StoredBlock): void {
    for (const tx of stored.block.data.txs) this.txIndex.delete(txHash(tx));
    this.prunedTally.apply({ height: heightOf(stored), events: allEvents(stored) });
  }

  private compact(): void {
    this.storage.rewrite({ ...this.options.origin, tally: this.prunedTally.toJSON() }, this.blocks);
    this.linesStored = this.blocks.length;
  }
}

function allEvents(stored: StoredBlock): ChainEvent[] {
  return [...stored.finalizeEvents, ...stored.results.flatMap((result) => result.events)];
}
