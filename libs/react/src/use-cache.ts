import { useCallback, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { InvalidateWalletOptions } from './api/api.client.js';
import { ApiError } from './api/api.error.js';
import type { CacheStatus, InvalidationAnswer } from './api/api.types.js';
import { useChaincache } from './chaincache.provider.js';

/** How an invalidation ended. Whether something was cached plays no part: nothing being there is a success. */
export interface InvalidationResult {
  readonly success: boolean;
  /** `applied`, `queued` (when the API's store is back) or `coalesced` (within seconds). */
  readonly status?: InvalidationAnswer['status'];
  readonly deletedCount?: number;
  /** For a person; there when it failed. */
  readonly error?: string;
  /** The HTTP status of a failure; 0: nothing answered. */
  readonly httpStatus?: number;
}

export interface UseCache {
  /** Makes the API forget a wallet's balances, and every tab of this browser as well. Never rejects. */
  readonly invalidateWalletCache: (address: string, options?: InvalidateWalletOptions) => Promise<InvalidationResult>;
  /** What the API has cached of a wallet, or null when that cannot be known now. */
  readonly checkCacheStatus: (address: string) => Promise<CacheStatus | null>;
  /** @param token an API key with the scope `cache:invalidate`; without one the result reports the API's 401 */
  readonly invalidatePattern: (pattern: string, token?: string) => Promise<InvalidationResult>;
  /** An invalidation is under way. */
  readonly invalidating: boolean;
}

/** Asks the API about its cache, and makes it forget. */
export function useCache(): UseCache {
  const runtime = useChaincache();
  const queries = useQueryClient();
  const [running, setRunning] = useState(0);

  const track = useCallback(async (invalidate: () => Promise<InvalidationAnswer>): Promise<InvalidationResult> => {
    setRunning((count) => count + 1);
    try {
      const { status, deletedCount } = await invalidate();
      return { success: true, status, deletedCount };
    } catch (error) {
      const httpStatus = error instanceof ApiError ? error.status : 0;
      return { success: false, error: error instanceof Error ? error.message : String(error), httpStatus };
    } finally {
      setRunning((count) => count - 1);
    }
  }, []);

  const invalidateWalletCache = useCallback(
    (address: string, options?: InvalidateWalletOptions) => {
      runtime.connect(queries);
      return track(() => runtime.invalidateWallet(address.toLowerCase(), options));
    },
    [runtime, queries, track],
  );
  const invalidatePattern = useCallback(
    (pattern: string, token?: string) => track(() => runtime.api.invalidatePattern(pattern, token)),
    [runtime, track],
  );
  const checkCacheStatus = useCallback(
    (address: string) => runtime.api.cacheStatus(address).catch(() => null),
    [runtime],
  );
  return { invalidateWalletCache, checkCacheStatus, invalidatePattern, invalidating: running > 0 };
}
