import { ApiError, errorOf } from './api.error.js';
import type {
  CacheStatus,
  DestinationsAnswer,
  InvalidationAnswer,
  QuotesAnswer,
  QuotesRequest,
  TokensPage,
  TokensQuery,
} from './api.types.js';

export interface ApiClientOptions {
  /** Where the API stands, without `/api`. Default: the page's own origin. */
  readonly baseUrl?: string;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/** One page as it was answered. `page` is undefined when the copy named by the ETag is still right. */
export interface TokensAnswer {
  readonly page: TokensPage | undefined;
  readonly etag: string | null;
  /** How old the API's own copy is. */
  readonly ageSeconds: number;
  /** The source was failing: this is older than it should be. */
  readonly stale: boolean;
}

export interface InvalidateWalletOptions {
  /** Nothing that was read before this block may be cached for the wallet again. */
  readonly minBlock?: number;
  readonly chainId?: number;
}

/** Asks Chaincache's REST API. Everything rejects with an ApiError, or with the signal's reason. */
export class ApiClient {
  readonly baseUrl: string;
  private readonly fetch: typeof fetch;

  constructor(options: ApiClientOptions = {}) {
    this.baseUrl = (options.baseUrl ?? '').replace(/\/+$/, '');
    this.fetch = options.fetch ?? ((...request) => globalThis.fetch(...request));
  }

  /** @param etag of a copy that is at hand */
  async tokens(
    wallet: string,
    pageNumber: number,
    query: TokensQuery,
    { etag, signal }: { readonly etag?: string | null; readonly signal?: AbortSignal } = {},
  ): Promise<TokensAnswer> {
    const search = new URLSearchParams({ page: String(pageNumber), limit: String(query.limit ?? 100) });
    for (const name of ['chainId', 'minBalanceUSD', 'includeSpam'] as const) {
      if (query[name] !== undefined) search.set(name, String(query[name]));
    }
    const headers: Record<string, string> = etag ? { 'if-none-match': etag } : {};
    const response = await this.request(`/api/tokens/${wallet}?${search}`, { headers, signal: signal ?? null });
    const known = response.status === 304;
    if (!known && !response.ok) throw await errorOf(response);
    return {
      page: known ? undefined : await bodyOf<TokensPage>(response),
      etag: response.headers.get('etag'),
      ageSeconds: Number(response.headers.get('age') ?? 0),
      stale: response.headers.get('x-cache') === 'STALE',
    };
  }

  cacheStatus(wallet: string): Promise<CacheStatus> {
    return this.json<CacheStatus>(`/api/cache?wallet=${encodeURIComponent(wallet)}`);
  }

  invalidateWallet(wallet: string, options: InvalidateWalletOptions = {}): Promise<InvalidationAnswer> {
    return this.post<InvalidationAnswer>('/api/cache', {
      action: 'invalidateWallet',
      walletAddress: wallet,
      ...options,
    });
  }

  /** @param token an API key with the scope `cache:invalidate`; without one the API answers 401 */
  invalidatePattern(pattern: string, token?: string): Promise<InvalidationAnswer> {
    const headers: Record<string, string> = token === undefined ? {} : { 'x-api-key': token };
    return this.post<InvalidationAnswer>('/api/cache', { action: 'invalidatePattern', pattern }, headers);
  }

  destinations(chainId?: number): Promise<DestinationsAnswer> {
    return this.json<DestinationsAnswer>(
      `/api/quotes/destinations${chainId === undefined ? '' : `?chainId=${chainId}`}`,
    );
  }

  quotes(request: QuotesRequest, signal?: AbortSignal): Promise<QuotesAnswer> {
    return this.post<QuotesAnswer>('/api/quotes', request, {}, signal);
  }

  /** An open answer of server-sent events about a wallet. */
  async walletEvents(wallet: string, signal: AbortSignal): Promise<Response> {
    const headers = { accept: 'text/event-stream' };
    const response = await this.request(`/api/tokens/${wallet}/events`, { headers, signal, cache: 'no-store' });
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  private post<Answer>(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<Answer> {
    return this.json<Answer>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
  }

  private async json<Answer>(path: string, init?: RequestInit): Promise<Answer> {
    const response = await this.request(path, init);
    if (!response.ok) throw await errorOf(response);
    return bodyOf<Answer>(response);
  }

  private async request(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await this.fetch(`${this.baseUrl}${path}`, init);
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ApiError('The server cannot be reached. Check the connection, then try again.', 0, undefined, {
        cause,
      });
    }
  }
}

async function bodyOf<Body>(response: Response): Promise<Body> {
  try {
    return (await response.json()) as Body;
  } catch (cause) {
    throw new ApiError('The answer of the server broke off.', 0, undefined, { cause });
  }
}
