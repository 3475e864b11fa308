import { Injectable } from '@nestjs/common';
import { getV1Tokens } from '@thirdweb-dev/insight';
import { AppConfig } from '../config/app.config.js';
import { retryAfterMs } from '../source/retry-after.parser.js';
import { SourceError } from '../source/source.error.js';
import { insightTokens, type InsightToken } from './insight.schema.js';

export interface PageQuery {
  /** A wallet in key form. */
  readonly owner: string;
  readonly chainIds: readonly number[];
  readonly includeSpam: boolean;
  /** Names, symbols, decimals and prices; without them a row is little more than an address. */
  readonly metadata: boolean;
  /** From 0. */
  readonly page: number;
}

export interface Page {
  readonly tokens: readonly InsightToken[];
  /** The block that a chain was read at, where the indexer tells. */
  readonly heights: ReadonlyMap<number, number>;
}

/** Rows of one page. */
export const PAGE_SIZE = 100;
/** What another attempt may change: overload, restarts, gateways. */
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
const NAME = 'Insight';
/** Told by local indexers: `31337:12,31338:4`. thirdweb's own does not, and then no height is known. */
const HEIGHT_HEADER = 'x-block-number';

/** Asks thirdweb Insight, through thirdweb's own client, for one page; believes nothing that has not the right shape. */
@Injectable()
export class InsightClient {
  constructor(private readonly config: AppConfig) {}

  /** @throws SourceError for whatever goes wrong */
  async page(query: PageQuery, signal: AbortSignal): Promise<Page> {
    const { response, data } = await this.ask(query, signal);
    if (!response.ok) {
      throw new SourceError(NAME, `answered ${response.status}`, {
        status: response.status,
        retryable: RETRYABLE_STATUS.has(response.status),
        retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()),
      });
    }
    const parsed = insightTokens.safeParse(data);
    const foreign = parsed.data?.some(({ chainId }) => !query.chainIds.includes(chainId));
    if (!parsed.success || foreign) {
      throw new SourceError(NAME, 'answered in an unknown shape', { retryable: false, status: response.status });
    }
    return { tokens: parsed.data, heights: heightsOf(response.headers.get(HEIGHT_HEADER)) };
  }

  private async ask(query: PageQuery, signal: AbortSignal): Promise<{ response: Response; data: unknown }> {
    const { url, clientId, secretKey } = this.config.insight;
    try {
      return await getV1Tokens({
        baseUrl: url,
        headers: { 'x-client-id': clientId ?? null, 'x-secret-key': secretKey ?? null },
        parseAs: 'json',
        redirect: 'error',
        signal,
        query: {
          chain_id: [...query.chainIds],
          owner_address: [query.owner],
          limit: PAGE_SIZE,
          page: query.page,
          metadata: query.metadata ? 'true' : 'false',
          include_spam: query.includeSpam ? 'true' : 'false',
          // A native balance changes without a Transfer log: nothing would tell that a cached one is out of date.
          include_native: 'false',
          include_without_price: 'true',
          // A stable order, so that pages neither overlap nor leave a gap.
          sort_by: 'token_address',
          sort_order: 'asc',
        },
      });
    } catch (cause) {
      const reason = signal.aborted ? 'did not answer in time' : 'could not be reached or broke off';
      throw new SourceError(NAME, reason, { retryable: !signal.aborted, cause });
    }
  }
}

function heightsOf(header: string | null): ReadonlyMap<number, number> {
  const pairs = (header ?? '').split(',').map((pair) => /^(\d{1,15}):(\d{1,15})$/.exec(pair.trim()));
  return new Map(pairs.flatMap((match) => (match ? [[Number(match[1]), Number(match[2])]] : [])));
}
