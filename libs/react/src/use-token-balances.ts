import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, retryDelayMs, waitUntilOf } from './api/api.error.js';
import type { TokenBalance, TokensQuery } from './api/api.types.js';
import { ageSecondsOf, fitTogether, tokensOf } from './balances/token.list.js';
import type { PageCopy } from './browser-cache/copy.store.js';
import { viewOf } from './browser-cache/wallet.copies.js';
import { useChaincache } from './chaincache.provider.js';
import { type InvalidationResult, useCache } from './use-cache.js';

export interface UseTokenBalances {
  /** Of all pages loaded so far, the most valuable first. */
  readonly tokens: readonly TokenBalance[];
  /** Nothing can be shown yet. */
  readonly loading: boolean;
  readonly loadingMore: boolean;
  /** For a person; null: the last attempt went well. Tokens of an earlier one may still be there. */
  readonly error: string | null;
  readonly hasAttemptedFetch: boolean;
  /** The API was asked for too much (429): it is asked again then, by itself. */
  readonly waitingUntil: Date | null;
  /** Of all pages, loaded or not, in USD with 6 decimals. */
  readonly totalUsdValue: string;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  /** After an error. */
  readonly retry: () => void;
  /** Asks the API again; it may answer from its cache. */
  readonly refetch: () => Promise<void>;
  /** Makes the API forget, then asks again, whether or not something was cached. */
  readonly invalidateCacheAndRefetch: () => Promise<InvalidationResult>;
  /** How old the oldest part of the list was when it was last rendered. */
  readonly ageSeconds: number;
  /** Older than it should be: the API's source is failing, or the API has not been asked yet or did not answer. */
  readonly stale: boolean;
  /** The API is being asked. */
  readonly refreshing: boolean;
  /** When the chain was read; null: nothing is there. */
  readonly readAt: Date | null;
  /** Chains that could not be read. */
  readonly partialChains: readonly number[];
}

type Pages = InfiniteData<PageCopy, number>;

const MAX_RETRIES = 2;
/** Instances of the API may differ for seconds; a list of two reads is better than asking without end. */
const MAX_MENDS = 3;
const NONE: readonly PageCopy[] = [];

/**
 * What a wallet holds, kept up to date: shown at once from the browser's own copy, revalidated by ETag, asked for again
 * after every invalidation and every change that the API tells of.
 * @param address undefined: nothing is asked for
 */
export function useTokenBalances(address: string | undefined, query: TokensQuery = {}): UseTokenBalances {
  const runtime = useChaincache();
  const queries = useQueryClient();
  const { invalidateWalletCache } = useCache();
  const wallet = address?.toLowerCase();
  const view = viewOf(query);
  const key = useMemo(() => [...runtime.walletKey(wallet ?? ''), 'tokens', view], [runtime, wallet, view]);
  const restored = useRestoredCopy(key, wallet, query);

  const { data, error, ...state } = useInfiniteQuery({
    queryKey: key,
    enabled: wallet !== undefined && restored,
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) => runtime.copies.page(wallet!, pageParam, query, signal),
    getNextPageParam: ({ page }) => page.nextPage,
    retry: (failures, failure) => failures < MAX_RETRIES && (!(failure instanceof ApiError) || failure.retryableSoon),
    retryDelay: retryDelayMs,
    networkMode: 'always',
    staleTime: 5_000,
    refetchInterval: 60_000,
  });

  useEffect(() => {
    runtime.connect(queries);
    return wallet === undefined ? undefined : runtime.live?.watch(wallet);
  }, [runtime, queries, wallet]);

  const pages = data?.pages ?? NONE;
  const { refetch: fetchAll, fetchNextPage, isFetching, failureReason } = state;
  const waitUntil = isFetching ? waitUntilOf(failureReason) : null;
  const torn = !isFetching && !state.isError && !fitTogether(pages);
  const mends = useRef(0);
  useEffect(() => {
    if (!torn) mends.current = isFetching ? mends.current : 0;
    else if (mends.current < MAX_MENDS) {
      mends.current += 1;
      void fetchAll();
    }
  }, [torn, isFetching, fetchAll]);

  const refetch = useCallback(async () => void (await fetchAll()), [fetchAll]);
  const invalidateCacheAndRefetch = useCallback(async (): Promise<InvalidationResult> => {
    if (wallet === undefined) return { success: false, error: 'No wallet is connected.' };
    const result = await invalidateWalletCache(wallet);
    await fetchAll({ cancelRefetch: !result.success });
    return result;
  }, [wallet, invalidateWalletCache, fetchAll]);

  return {
    tokens: useMemo(() => tokensOf(pages), [pages]),
    loading: wallet !== undefined && data === undefined && !state.isError,
    loadingMore: state.isFetchingNextPage,
    error: error instanceof Error ? error.message : null,
    waitingUntil: useMemo(() => (waitUntil === null ? null : new Date(waitUntil)), [waitUntil]),
    hasAttemptedFetch: data !== undefined || state.isError,
    totalUsdValue: pages[0]?.page.totalUsdValue ?? '0.000000',
    hasMore: state.hasNextPage,
    loadMore: () => void (state.hasNextPage && !isFetching && fetchNextPage()),
    retry: () => void fetchAll(),
    refetch,
    invalidateCacheAndRefetch,
    ageSeconds: ageSecondsOf(pages, Date.now()),
    stale: data !== undefined && (state.isError || state.dataUpdatedAt === 0 || pages.some((page) => page.stale)),
    refreshing: isFetching && data !== undefined && !state.isFetchingNextPage,
    readAt: pages[0] ? new Date(pages[0].page.timestamp) : null,
    partialChains: pages[0]?.page.partial ?? [],
  };
}

/** Puts the browser's own copy where the query will find it. True once there is nothing more to wait for. */
function useRestoredCopy(key: readonly unknown[], wallet: string | undefined, query: TokensQuery): boolean {
  const runtime = useChaincache();
  const queries = useQueryClient();
  const [restoredKey, setRestoredKey] = useState<readonly unknown[]>();
  useEffect(() => {
    if (wallet === undefined) return;
    let current = true;
    const begin = (): void => (current ? setRestoredKey(key) : undefined);
    if (queries.getQueryData(key) !== undefined) return begin();
    void runtime.copies.restore(wallet, query).then((pages) => {
      // Nobody has confirmed it yet: 0 makes the query ask at once, and the hook say that it is stale.
      if (current && pages.length > 0 && queries.getQueryData(key) === undefined) {
        const data: Pages = { pages: [...pages], pageParams: pages.map((_, number) => number) };
        queries.setQueryData<Pages>(key, data, { updatedAt: 0 });
      }
      return begin();
    });
    return () => {
      current = false;
    };
    // The key names the wallet and the query.
  }, [key, runtime, queries]);
  return restoredKey === key;
}
