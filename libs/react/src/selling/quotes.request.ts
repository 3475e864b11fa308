import type { ApiClient } from '../api/api.client.js';
import type { DestinationToken, QuoteFailure, QuotesAnswer, TokenBalance } from '../api/api.types.js';
import { ApiError, waitUntilOf } from '../api/api.error.js';
import { pause } from '../api/pause.js';
import { SaleError } from './sale.error.js';

/** What was asked of the API, and what it answered. */
export interface SaleQuote {
  readonly wallet: string;
  readonly tokens: readonly TokenBalance[];
  readonly destination: DestinationToken;
  readonly answer: QuotesAnswer;
  /** Wall clock, ms; Infinity where there is no quote. */
  readonly expiresAt: number;
}

/** The API quotes so many tokens in one request. */
const TOKENS_A_REQUEST = 50;
const MAX_WAITS = 2;

export interface QuotesOptions {
  readonly signal?: AbortSignal;
  /** The API was asked for too much: it is asked again then (wall clock, ms). Null: it is being asked. */
  readonly onWait?: (until: number | null) => void;
}

/** Quotes for the whole balance of each token. @throws SaleError, or what the signal was aborted with */
export async function requestQuotes(
  api: ApiClient,
  wallet: string,
  tokens: readonly TokenBalance[],
  destination: DestinationToken,
  options: QuotesOptions = {},
): Promise<SaleQuote> {
  const here = tokens.filter(({ chainId }) => chainId === destination.chainId);
  const elsewhere = tokens.filter(({ chainId }) => chainId !== destination.chainId);
  const parts: QuotesAnswer[] = [];
  try {
    for (let from = 0; from < here.length; from += TOKENS_A_REQUEST) {
      const part = here.slice(from, from + TOKENS_A_REQUEST);
      const request = {
        chainId: destination.chainId,
        sender: wallet,
        destinationToken: destination.address,
        tokens: part.map(({ address, balance }) => ({ address, amount: balance })),
      };
      parts.push(await asOftenAsAsked(() => api.quotes(request, options.signal), options));
    }
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    const tooMany = cause instanceof ApiError && cause.status === 429;
    throw new SaleError(tooMany ? 'too-many-requests' : 'unreachable', { cause });
  }
  const answer = merged(parts, destination, elsewhere.map(failedElsewhere));
  const expiresAt = answer.expiresAt === null ? Infinity : Date.parse(answer.expiresAt);
  return { wallet, tokens, destination, answer, expiresAt };
}

/** Asks again after a 429, when the API said that it may be asked. */
async function asOftenAsAsked<Answer>(ask: () => Promise<Answer>, { signal, onWait }: QuotesOptions): Promise<Answer> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await ask();
    } catch (error) {
      const until = waitUntilOf(error);
      if (until === null || waits === MAX_WAITS || !(error as ApiError).retryableSoon) throw error;
      onWait?.(until);
      await pause(until - Date.now(), signal);
      onWait?.(null);
      signal?.throwIfAborted();
    }
  }
}

function merged(
  parts: readonly QuotesAnswer[],
  { chainId, address }: DestinationToken,
  failed: readonly QuoteFailure[],
): QuotesAnswer {
  const expiries = parts.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
  const total = parts.reduce((sum, { totalDestinationAmount }) => sum + BigInt(totalDestinationAmount), 0n);
  return {
    success: true,
    chainId,
    destinationToken: address,
    quotes: parts.flatMap(({ quotes }) => quotes),
    failed: [...parts.flatMap((part) => part.failed), ...failed],
    totalDestinationAmount: total.toString(),
    expiresAt: expiries.sort()[0] ?? null,
    simulated: parts.every(({ simulated }) => simulated),
  };
}

function failedElsewhere({ address }: TokenBalance): QuoteFailure {
  return { token: address, code: 'other-chain', message: 'It is on another chain: sell it in a batch of its own.' };
}
