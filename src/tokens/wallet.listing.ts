import { Injectable } from '@nestjs/common';
import { withRetry } from '../source/source.retry.js';
import { SourceError } from '../source/source.error.js';
import { InsightClient, PAGE_SIZE, type Page, type PageQuery } from './insight.client.js';
import type { InsightToken } from './insight.schema.js';

/** How long all calls of one listing may take together, and what ends them earlier. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** On the wall clock, ms. */
  readonly atMs: number;
}

export interface Listed extends InsightToken {
  readonly spam: boolean;
}

export interface Listing {
  readonly tokens: readonly Listed[];
  /** Chains that could not be read. */
  readonly partial: readonly number[];
  readonly truncated: boolean;
  /** The lowest block that anything of a chain was read at; a chain of which it is not known is missing. */
  readonly heights: ReadonlyMap<number, number>;
}

interface Pages extends Omit<Page, 'tokens'> {
  readonly tokens: readonly InsightToken[];
  readonly truncated: boolean;
}

/** 5 000 tokens. Wallets with more are collections of spam, and a listing must end. */
const MAX_PAGES = 50;
/** With these, asking for fewer chains changes nothing: who we are is refused, or we ask too much. */
const NOT_ABOUT_A_CHAIN: ReadonlySet<number> = new Set([401, 403, 429]);

/** Lists everything that a wallet holds. */
@Injectable()
export class WalletListing {
  constructor(private readonly insight: InsightClient) {}

  /**
   * All chains in one call; where that fails, each alone, so that one broken chain does not hide the others.
   * @throws SourceError when no chain can be read
   */
  async list(owner: string, chainIds: readonly number[], deadline: Deadline): Promise<Listing> {
    try {
      return await this.listChains(owner, chainIds, deadline);
    } catch (error) {
      if (chainIds.length === 1 || !mayBeOneChain(error) || deadline.signal.aborted) throw error;
      return this.listOneByOne(owner, chainIds, deadline, error);
    }
  }

  private async listOneByOne(
    owner: string,
    chainIds: readonly number[],
    deadline: Deadline,
    cause: unknown,
  ): Promise<Listing> {
    const results = await Promise.allSettled(chainIds.map((id) => this.listChains(owner, [id], deadline)));
    const listings = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (listings.length === 0) throw cause;
    return {
      tokens: listings.flatMap(({ tokens }) => tokens),
      partial: chainIds.filter((_, index) => results[index]!.status === 'rejected'),
      truncated: listings.some(({ truncated }) => truncated),
      heights: new Map(listings.flatMap(({ heights }) => [...heights])),
    };
  }

  /**
   * Insight marks no token as spam: it only leaves spam out when told to. So the wallet is listed twice at the same
   * time, in full and as bare addresses without spam; what only the first has is spam.
   */
  private async listChains(owner: string, chainIds: readonly number[], deadline: Deadline): Promise<Listing> {
    const [all, honest] = await Promise.all([
      this.pages({ owner, chainIds, includeSpam: true, metadata: true }, deadline),
      this.pages({ owner, chainIds, includeSpam: false, metadata: false }, deadline),
    ]);
    const honestTokens = new Set(honest.tokens.map(identity));
    return {
      tokens: all.tokens.map((token) => ({ ...token, spam: !honestTokens.has(identity(token)) })),
      partial: [],
      truncated: all.truncated,
      heights: lowest(all.heights, honest.heights),
    };
  }

  private async pages(query: Omit<PageQuery, 'page'>, deadline: Deadline): Promise<Pages> {
    const found = new Map<string, InsightToken>();
    let heights: ReadonlyMap<number, number> | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const next = await withRetry(() => this.insight.page({ ...query, page }, deadline.signal), {
        signal: deadline.signal,
        deadlineMs: deadline.atMs,
      });
      for (const token of next.tokens) found.set(identity(token), token);
      heights = heights ? lowest(heights, next.heights) : next.heights;
      if (next.tokens.length < PAGE_SIZE) return { tokens: [...found.values()], truncated: false, heights };
    }
    return { tokens: [...found.values()], truncated: true, heights: heights ?? new Map() };
  }
}

function identity(token: InsightToken): string {
  return `${token.chainId}:${token.address}`;
}

function mayBeOneChain(error: unknown): boolean {
  const status = error instanceof SourceError ? error.options.status : undefined;
  return status !== undefined && !NOT_ABOUT_A_CHAIN.has(status);
}

/** Chains that only one side knows the height of are left out. */
function lowest(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const both = [...a].filter(([chainId]) => b.has(chainId));
  return new Map(both.map(([chainId, height]) => [chainId, Math.min(height, b.get(chainId)!)]));
}
