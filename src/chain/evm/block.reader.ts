import type { BlockHead, EvmBlock, Transfer } from './evm.types.js';

/** keccak256 of Transfer(address,address,uint256) */
const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
const WORD = /^0x[0-9a-fA-F]{64}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** Asks a node; see `NodeSession.request`. */
export type Ask = <Result>(method: string, params: readonly unknown[]) => Promise<Result>;

/** The node has another chain now than a moment ago, or does not have yet what it announced: ask again. */
export class ChainMovedError extends Error {
  override readonly name = 'ChainMovedError';
}

/** @throws Error when it is no block header */
export function headOf(raw: unknown): BlockHead {
  const { number, hash, parentHash } = (raw ?? {}) as Readonly<Record<string, unknown>>;
  const height = typeof number === 'string' && /^0x[0-9a-fA-F]{1,13}$/.test(number) ? Number(number) : undefined;
  if (height === undefined || !isWord(hash) || !isWord(parentHash)) {
    throw new Error('the node sent a block header in an unknown shape');
  }
  return { number: height, hash: hash.toLowerCase(), parentHash: parentHash.toLowerCase() };
}

/** @param block a height, a hash, or `latest` */
export async function readHead(ask: Ask, block: number | string): Promise<BlockHead> {
  const byHash = typeof block === 'string' && block !== 'latest';
  const method = byHash ? 'eth_getBlockByHash' : 'eth_getBlockByNumber';
  const name = typeof block === 'number' ? `0x${block.toString(16)}` : block;
  const raw = await ask<unknown>(method, [name, false]);
  if (raw === null) throw new ChainMovedError(`the node does not have block ${block}`);
  return headOf(raw);
}

/** The block with its ERC-20 transfers: of that hash, so that branches are never mixed. */
export async function readBlock(ask: Ask, head: BlockHead): Promise<EvmBlock> {
  const logs = await ask<unknown>('eth_getLogs', [{ blockHash: head.hash, topics: [TRANSFER_TOPIC] }]);
  if (!Array.isArray(logs)) throw new ChainMovedError(`the node does not have the logs of block ${head.number}`);
  return { ...head, transfers: logs.flatMap(transferOf) };
}

/** ERC-721 has an event of the same name, with its token id as a fourth topic. */
function transferOf(log: unknown): Transfer[] {
  const { address, topics } = (log ?? {}) as { readonly address?: unknown; readonly topics?: readonly unknown[] };
  const [, from, to, ...more] = topics ?? [];
  if (!isWord(from) || !isWord(to) || more.length > 0) return [];
  if (typeof address !== 'string' || !ADDRESS.test(address)) return [];
  return [{ token: address.toLowerCase(), from: addressIn(from), to: addressIn(to) }];
}

/** An address fills the last 20 of a topic's 32 bytes. */
function addressIn(word: string): string {
  return `0x${word.slice(-40).toLowerCase()}`;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && WORD.test(value);
}
