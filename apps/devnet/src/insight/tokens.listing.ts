import type { GetV1TokensResponse } from '@thirdweb-dev/insight';
import type { Deployment } from '../chain/chain.deployment.js';
import { JsonRpcClient } from '../chain/json-rpc.client.js';
import { type BlockRef, TransferIndex } from './transfer.index.js';
import type { TokensQuery } from './tokens.query.js';
import { type Holding, usdNumber, usdValue, WalletReader } from './wallet.reader.js';

export type InsightToken = GetV1TokensResponse['data'][number];

/** An answer, and for each chain in it the block it was read at. */
export interface Listing {
  readonly body: GetV1TokensResponse;
  readonly blocks: ReadonlyMap<number, number>;
}

/** A chain that the indexer follows. */
export class IndexedChain {
  private readonly index: TransferIndex;
  private readonly reader: WalletReader;
  private generation = 0;

  constructor(
    readonly chainId: number,
    private readonly rpc: JsonRpcClient,
    deployment: Deployment,
  ) {
    this.index = new TransferIndex(rpc);
    this.reader = new WalletReader(rpc, deployment);
  }

  /** What the query's owners hold at the head, or `lagBlocks` before it. */
  async holdings(query: TokensQuery, lagBlocks: number): Promise<{ block: BlockRef; holdings: Holding[] }> {
    for (let attempt = 1; ; attempt += 1) {
      const head = await this.index.catchUp();
      if (this.generation !== this.index.generation) this.startOver();
      try {
        const block = lagBlocks > 0 ? await this.before(head, lagBlocks) : head;
        return { block, holdings: await this.holdingsAt(block, query) };
      } catch (error) {
        // The block may have been reorganised away between the two looks; then the next head is another one.
        if (attempt === 3) throw error;
      }
    }
  }

  private startOver(): void {
    this.generation = this.index.generation;
    this.reader.metadata.forget();
  }

  private async holdingsAt(block: BlockRef, query: TokensQuery): Promise<Holding[]> {
    const perOwner = query.owners.map((owner) =>
      this.reader.read(owner, this.index.tokensOf(owner), query.includeNative, block),
    );
    return (await Promise.all(perOwner)).flat();
  }

  private async before(head: BlockRef, blocks: number): Promise<BlockRef> {
    const number = Math.max(0, head.number - blocks);
    const { hash } = await this.rpc.call<BlockRef>('eth_getBlockByNumber', `0x${number.toString(16)}`, false);
    return { number, hash };
  }
}

interface Row extends Holding {
  readonly chainId: number;
  readonly valueUsd: number | undefined;
}

/** Answers a query from the chains: filters, sorts, and cuts the page. */
export async function listTokens(
  chains: readonly IndexedChain[],
  query: TokensQuery,
  lagBlocks: number,
): Promise<Listing> {
  const asked = chains.filter((chain) => query.chainIds.includes(chain.chainId));
  const found = await Promise.all(asked.map((chain) => chain.holdings(query, lagBlocks)));
  const rows = found
    .flatMap(({ holdings }, index) => holdings.map((holding) => rowOf(asked[index]!.chainId, holding)))
    .filter((row) => wanted(row, query))
    .sort(comparison(query));
  const first = query.page * query.limit;
  return {
    body: { data: rows.slice(first, first + query.limit).map((row) => insightToken(row, query.metadata)) },
    blocks: new Map(found.map(({ block }, index) => [asked[index]!.chainId, block.number])),
  };
}

function rowOf(chainId: number, holding: Holding): Row {
  return { ...holding, chainId, valueUsd: usdValue(holding) };
}

function wanted(row: Row, query: TokensQuery): boolean {
  if (row.spam && !query.includeSpam) return false;
  if (query.tokens.length > 0 && !query.tokens.includes(row.token)) return false;
  return row.price !== undefined || query.includeWithoutPrice || !query.metadata;
}

/** Equal ones, and everything when no order is asked for, stand by chain and address, so that pages do not overlap. */
function comparison(query: TokensQuery): (a: Row, b: Row) => number {
  const sign = query.sortOrder === 'asc' ? 1 : -1;
  const measures = {
    balance: (row: Row) => row.balance,
    token_address: (row: Row) => BigInt(row.token),
    token_price: (row: Row) => row.price?.usd ?? -1n,
    usd_value: (row: Row) => row.valueUsd ?? -1,
  };
  const measure = query.sortBy && measures[query.sortBy];
  const byPlace = (a: Row, b: Row): number => a.chainId - b.chainId || (a.token < b.token ? -1 : 1);
  return (a, b) => {
    if (!measure) return byPlace(a, b);
    const [left, right] = [measure(a), measure(b)];
    if (left === right) return byPlace(a, b);
    return left < right ? -sign : sign;
  };
}

function insightToken(row: Row, metadata: boolean): InsightToken {
  const token = { chain_id: row.chainId, token_address: row.token, balance: row.balance.toString() };
  if (!metadata) return token;
  return {
    ...token,
    ...(row.name !== undefined && { name: row.name }),
    ...(row.symbol !== undefined && { symbol: row.symbol }),
    ...(row.decimals !== undefined && { decimals: row.decimals }),
    ...(row.price && {
      price_data: {
        price_usd: usdNumber(row.price.usd),
        usd_value: row.valueUsd!,
        price_timestamp: new Date(row.price.setAt * 1000).toISOString(),
      },
    }),
  };
}
