import { type Hex, hexToNumber, toHex } from 'viem';
import type { JsonRpcClient } from '../chain/json-rpc.client.js';

export interface BlockRef {
  readonly number: number;
  readonly hash: Hex;
}

interface TransferLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
}

/** keccak256 of Transfer(address,address,uint256) */
const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

/**
 * Which ERC-20s a wallet has ever received, from the chain's Transfer logs. It asks for the head when it is asked, so
 * a transfer is known as soon as its block exists. When the block it had come to is no longer on the chain, all logs
 * are read again.
 */
export class TransferIndex {
  private tip: BlockRef | undefined;
  private readonly tokensByOwner = new Map<string, Set<Hex>>();
  private forgotten = 0;
  private running: Promise<BlockRef> | undefined;
  private queued: Promise<BlockRef> | undefined;

  constructor(private readonly rpc: JsonRpcClient) {}

  /** Grows when a reorganisation made everything void that was learnt from the chain before. */
  get generation(): number {
    return this.forgotten;
  }

  /** Token contracts in lower case; some may hold nothing for the wallet any more. */
  tokensOf(owner: string): readonly Hex[] {
    return [...(this.tokensByOwner.get(owner.toLowerCase()) ?? [])];
  }

  /** Comes to the head and tells which block that is. A caller never joins a look at the head that began before it. */
  catchUp(): Promise<BlockRef> {
    if (this.queued) return this.queued;
    if (!this.running) return this.start();
    this.queued = this.running
      .catch(() => undefined)
      .then(() => {
        this.queued = undefined;
        return this.start();
      });
    return this.queued;
  }

  private start(): Promise<BlockRef> {
    this.running = this.advance().finally(() => (this.running = undefined));
    return this.running;
  }

  private async advance(): Promise<BlockRef> {
    const known = this.tip;
    const [latest, knownNow] = await this.blocks(['latest', known ? toHex(known.number) : '0x0']);
    if (!latest) throw new Error('The node has no head.');
    if (known && latest.hash === known.hash) return known;
    if (known && knownNow?.hash !== known.hash) this.forget();
    const from = this.tip ? this.tip.number + 1 : 0;
    if (from <= latest.number) this.add(await this.logs(from, latest.number));
    this.tip = latest;
    return latest;
  }

  private forget(): void {
    this.forgotten += 1;
    this.tip = undefined;
    this.tokensByOwner.clear();
  }

  private add(logs: readonly TransferLog[]): void {
    for (const log of logs) {
      // An ERC-721 transfer has the same name, and its token id as a fourth topic.
      if (log.topics.length !== 3) continue;
      const receiver = `0x${log.topics[2]!.slice(-40)}`;
      const tokens = this.tokensByOwner.get(receiver) ?? new Set<Hex>();
      this.tokensByOwner.set(receiver, tokens.add(log.address.toLowerCase() as Hex));
    }
  }

  private logs(from: number, to: number): Promise<TransferLog[]> {
    return this.rpc.call('eth_getLogs', { fromBlock: toHex(from), toBlock: toHex(to), topics: [TRANSFER_TOPIC] });
  }

  private async blocks(tags: readonly string[]): Promise<(BlockRef | undefined)[]> {
    const calls = tags.map((tag) => ({ method: 'eth_getBlockByNumber', params: [tag, false] }));
    const answers = (await this.rpc.batch(calls)) as ({ number: Hex; hash: Hex } | null)[];
    return answers.map((block) => (block ? { number: hexToNumber(block.number), hash: block.hash } : undefined));
  }
}
