import { SourceError } from '../source/source.error.js';
import { type InsightClient, PAGE_SIZE, type Page, type PageQuery } from './insight.client.js';
import type { InsightToken } from './insight.schema.js';
import { WalletListing } from './wallet.listing.js';

const OWNER = `0x${'1'.repeat(40)}`;

function token(index: number, chainId = 1): InsightToken {
  const address = `0x${index.toString(16).padStart(40, '0')}`;
  return { chainId, address, balance: 1n, name: '', symbol: '', decimals: 18, priceUsd: null };
}

/** An indexer that holds these tokens, of which the last `spam` are spam. */
class Indexer {
  readonly queries: PageQuery[] = [];

  constructor(
    private readonly tokens: readonly InsightToken[],
    private readonly spam = 0,
    private readonly brokenChains: readonly number[] = [],
  ) {}

  page(query: PageQuery): Promise<Page> {
    this.queries.push(query);
    if (query.chainIds.some((id) => this.brokenChains.includes(id))) {
      return Promise.reject(new SourceError('Insight', 'answered 400', { retryable: false, status: 400 }));
    }
    const held = query.includeSpam ? this.tokens : this.tokens.slice(0, this.tokens.length - this.spam);
    const asked = held.filter(({ chainId }) => query.chainIds.includes(chainId));
    const tokens = asked.slice(query.page * PAGE_SIZE, (query.page + 1) * PAGE_SIZE);
    return Promise.resolve({ tokens, heights: new Map(query.chainIds.map((id) => [id, 10 - query.page])) });
  }
}

describe('the listing of a wallet', () => {
  const deadline = { signal: new AbortController().signal, atMs: Infinity };
  const list = (indexer: Indexer, chainIds = [1]) =>
    new WalletListing(indexer as unknown as InsightClient).list(OWNER, chainIds, deadline);

  it('holds the tokens of all pages', async () => {
    const indexer = new Indexer(Array.from({ length: 2 * PAGE_SIZE + 1 }, (_, index) => token(index)));
    const { tokens, truncated } = await list(indexer);
    expect([tokens.length, truncated]).toEqual([2 * PAGE_SIZE + 1, false]);
  });

  it('asks for one more page when the last was full', async () => {
    const indexer = new Indexer(Array.from({ length: PAGE_SIZE }, (_, index) => token(index)));
    expect((await list(indexer)).tokens).toHaveLength(PAGE_SIZE);
    expect(indexer.queries.filter(({ includeSpam }) => includeSpam).map(({ page }) => page)).toEqual([0, 1]);
  });

  it('ends at some time, and says so', async () => {
    const { tokens, truncated } = await list(
      new Indexer(Array.from({ length: 50 * PAGE_SIZE + 1 }, (_, index) => token(index))),
    );
    expect([tokens.length, truncated]).toEqual([50 * PAGE_SIZE, true]);
  });

  it('marks as spam what is missing where spam is left out', async () => {
    const { tokens } = await list(new Indexer([token(1), token(2), token(3)], 1));
    expect(tokens.map(({ spam }) => spam)).toEqual([false, false, true]);
  });

  it('holds a token once that pages tell twice', async () => {
    const { tokens } = await list(new Indexer([token(1), token(1)]));
    expect(tokens).toHaveLength(1);
  });

  it('knows the lowest block that anything was read at', async () => {
    const { heights } = await list(new Indexer(Array.from({ length: PAGE_SIZE + 1 }, (_, index) => token(index))));
    expect(heights.get(1)).toBe(9);
  });

  it('asks for all chains in one call', async () => {
    const indexer = new Indexer([token(1, 1), token(1, 2)]);
    expect((await list(indexer, [1, 2])).tokens).toHaveLength(2);
    expect(indexer.queries.map(({ chainIds }) => chainIds)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('names the chains that cannot be read and holds the others', async () => {
    const { tokens, partial } = await list(new Indexer([token(1, 1), token(1, 2)], 0, [2]), [1, 2]);
    expect([tokens.map(({ chainId }) => chainId), partial]).toEqual([[1], [2]]);
  });

  it('fails when no chain can be read', async () => {
    await expect(list(new Indexer([], 0, [1, 2]), [1, 2])).rejects.toThrow('answered 400');
  });
});
