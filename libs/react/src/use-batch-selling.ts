import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { DestinationToken, TokenBalance } from './api/api.types.js';
import { tokenId } from './balances/token.list.js';
import { useChaincache } from './chaincache.provider.js';
import { requestQuotes, type SaleQuote } from './selling/quotes.request.js';
import { SaleError } from './selling/sale.error.js';
import { IDLE_SALE, type SaleInvalidation, type SaleStep } from './selling/sale.state.js';
import type { SellingAccount } from './selling/selling.account.js';
import type { TradeSummary } from './selling/trade.summary.js';
import { useDestination } from './selling/use-destination.js';
import { useSelection } from './selling/use-selection.js';

export interface UseBatchSelling {
  /** Ids as `tokenId` makes them. */
  readonly selectedTokens: ReadonlySet<string>;
  readonly handleTokenSelect: (id: string) => void;
  /** Selects every priced token worth less than this, in USD, and nothing else; never the destination token. */
  readonly selectAllUnder: (usd: number) => void;
  readonly clearSelection: () => void;
  /** USD value of what is selected. */
  readonly calculateTotalValue: () => number;

  readonly destinations: readonly DestinationToken[];
  /** Default: the USDC of the chain. Undefined: not known yet. */
  readonly destinationToken: DestinationToken | undefined;
  /** Takes it out of what is selected: nothing is sold for itself. */
  readonly setDestinationToken: (token: DestinationToken) => void;

  /** For what is selected; undefined: not asked for since the selection changed. */
  readonly quote: SaleQuote | undefined;
  readonly quoting: boolean;
  /** The API was asked for too much (429): it is asked again then, by itself. */
  readonly waitingUntil: Date | null;
  /** Asks for quotes, and resolves with them, or with undefined when that failed: see `error`. */
  readonly requestQuote: () => Promise<SaleQuote | undefined>;

  /** A sale of this account is under way. */
  readonly processing: boolean;
  readonly progress: readonly SaleStep[];
  /** Why there is no quote or no sale. */
  readonly error: SaleError | null;
  /** Of the transaction that sold, once it is in a block. */
  readonly receipt: { readonly transactionHash: string; readonly blockNumber: number } | null;
  readonly tradeSummary: TradeSummary | null;
  readonly invalidation: SaleInvalidation;
  readonly resumed: boolean;
  readonly reorged: boolean;
  /** Sells what is selected, at the quote that was looked at. Never rejects. */
  readonly executeBatchSell: (onSuccess?: (summary: TradeSummary) => void) => Promise<void>;
  readonly showTradeModal: boolean;
  /** Forgets how the last sale ended. */
  readonly closeTradeModal: () => void;
}

const neverChanges = (): (() => void) => () => undefined;
const idle = (): typeof IDLE_SALE => IDLE_SALE;

/**
 * Sells many tokens of one wallet in one go. Balances are invalidated after the receipt, from its block on, so what is
 * shown next is what the sale left.
 * @param account undefined: nothing can be sold, but things can be selected
 */
export function useBatchSelling(account: SellingAccount | undefined, tokens: readonly TokenBalance[]): UseBatchSelling {
  const runtime = useChaincache();
  const queries = useQueryClient();
  const wallet = account?.address.toLowerCase();
  const sale = wallet === undefined ? undefined : runtime.sales.of(wallet);
  const state = useSyncExternalStore(sale?.subscribe ?? neverChanges, sale?.state ?? idle, idle);
  const selection = useSelection(wallet, tokens);

  const chainId = selection.tokens[0]?.chainId ?? tokens[0]?.chainId;
  const destination = useDestination(chainId);
  const { token: destinationToken, choose, known: knownDestination } = destination;
  const { ids: selectedIds, toggle } = selection;
  const setDestinationToken = useCallback(
    (token: DestinationToken): void => {
      choose(token);
      // What the others are sold for cannot be sold itself.
      if (selectedIds.has(tokenId(token))) toggle(tokenId(token));
    },
    [choose, selectedIds, toggle],
  );

  useEffect(() => {
    runtime.connect(queries);
    if (account) void runtime.sales.resume(account);
  }, [runtime, queries, account]);

  // A quote is for exactly this; anything else that is selected needs another one.
  const subjectWith = useCallback(
    (paidOutIn: DestinationToken | undefined) =>
      [wallet, paidOutIn?.address, ...selection.tokens.map((token) => `${tokenId(token)}=${token.balance}`)].join(),
    [wallet, selection.tokens],
  );
  const subject = useMemo(() => subjectWith(destinationToken), [subjectWith, destinationToken]);
  const [quoted, setQuoted] = useState<{ subject: string; quote?: SaleQuote; error?: SaleError }>();
  const [quoting, setQuoting] = useState(false);
  const [waitingUntil, setWaitingUntil] = useState<number | null>(null);
  const asking = useRef<AbortController>(null);
  const requestQuote = useCallback(async (): Promise<SaleQuote | undefined> => {
    asking.current?.abort();
    if (wallet === undefined || selection.tokens.length === 0) return undefined;
    const controller = new AbortController();
    asking.current = controller;
    setQuoting(true);
    sale?.reset();
    try {
      const paidOutIn = destinationToken ?? (await knownDestination());
      controller.signal.throwIfAborted();
      const quote = await requestQuotes(runtime.api, wallet, selection.tokens, paidOutIn, {
        signal: controller.signal,
        onWait: setWaitingUntil,
      });
      setQuoted({ subject: subjectWith(paidOutIn), quote });
      return quote;
    } catch (failure) {
      if (controller.signal.aborted) return undefined;
      setQuoted({ subject, error: failure instanceof SaleError ? failure : new SaleError('unreachable') });
      return undefined;
    } finally {
      if (asking.current === controller) {
        setQuoting(false);
        setWaitingUntil(null);
      }
    }
  }, [runtime, wallet, destinationToken, knownDestination, selection.tokens, subject, subjectWith, sale]);
  const current = quoted?.subject === subject ? quoted : undefined;

  const executeBatchSell = useCallback(
    async (onSuccess?: (summary: TradeSummary) => void): Promise<void> => {
      const quote = current?.quote ?? (await requestQuote());
      if (account === undefined || sale === undefined || quote === undefined) return;
      const summary = await sale.execute(account, quote);
      if (summary) {
        selection.clear();
        onSuccess?.(summary);
      }
    },
    [account, sale, current, requestQuote, selection],
  );
  const closeTradeModal = useCallback(() => sale?.reset(), [sale]);

  const { summary } = state;
  return {
    selectedTokens: selection.ids,
    handleTokenSelect: selection.toggle,
    selectAllUnder: useCallback(
      (usd: number) => selection.selectAllUnder(usd, destinationToken && tokenId(destinationToken)),
      [selection, destinationToken],
    ),
    clearSelection: selection.clear,
    calculateTotalValue: selection.totalValue,
    destinations: destination.choices,
    destinationToken,
    setDestinationToken,
    quote: current?.quote,
    quoting,
    waitingUntil: dateOf(state.waitingUntil ?? waitingUntil),
    requestQuote,
    processing: state.processing,
    progress: state.steps,
    error: state.error ?? current?.error ?? null,
    receipt: receiptOf(summary),
    tradeSummary: summary,
    invalidation: state.invalidation,
    resumed: state.resumed,
    reorged: state.reorged,
    executeBatchSell,
    showTradeModal: state.processing || summary !== null,
    closeTradeModal,
  };
}

function dateOf(wallClockMs: number | null): Date | null {
  return wallClockMs === null ? null : new Date(wallClockMs);
}

function receiptOf(summary: TradeSummary | null): UseBatchSelling['receipt'] {
  if (summary?.transactionHash === undefined || summary.blockNumber === undefined) return null;
  return { transactionHash: summary.transactionHash, blockNumber: summary.blockNumber };
}
