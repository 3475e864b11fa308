import { useCallback, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { retryDelayMs } from '../api/api.error.js';
import type { DestinationToken } from '../api/api.types.js';
import { useChaincache } from '../chaincache.provider.js';
import { SaleError } from './sale.error.js';

export interface Destination {
  readonly choices: readonly DestinationToken[];
  /** Undefined: not known yet. */
  readonly token: DestinationToken | undefined;
  readonly choose: (token: DestinationToken) => void;
  /** The token, as soon as it is known. @throws SaleError when there is none, ApiError when the API does not tell */
  readonly known: () => Promise<DestinationToken>;
}

const NONE: readonly DestinationToken[] = [];

/** What sales of a chain are paid out in: the API's default, or what was chosen. */
export function useDestination(chainId: number | undefined): Destination {
  const { api } = useChaincache();
  const { data, refetch } = useQuery({
    queryKey: ['chaincache', api.baseUrl, 'destinations', chainId],
    queryFn: () => api.destinations(chainId),
    enabled: chainId !== undefined,
    staleTime: Infinity,
    networkMode: 'always',
    retryDelay: retryDelayMs,
  });
  const [wanted, choose] = useState<DestinationToken>();
  const pick = useCallback(
    (from: readonly DestinationToken[]) => from.find(({ address }) => address === wanted?.address) ?? from[0],
    [wanted],
  );
  const known = useCallback(async (): Promise<DestinationToken> => {
    // Joins the question that is under way.
    const answer = await refetch({ cancelRefetch: false, throwOnError: true });
    const token = pick(answer.data?.destinations ?? NONE);
    if (token === undefined) throw new SaleError('nothing-to-sell');
    return token;
  }, [refetch, pick]);
  const choices = data?.destinations ?? NONE;
  return { choices, token: pick(choices), choose, known };
}
