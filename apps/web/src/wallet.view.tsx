import { type ReactElement, useEffect, useState } from 'react';
import { type SellingAccount, tokenId, useBatchSelling, useTokenBalances } from '@chaincache/react';
import { ListToolbar } from './list/list.toolbar.js';
import { TokenList } from './list/token.list.js';
import { useFoundTokens } from './list/use-found-tokens.js';
import { OverviewPanel } from './overview/overview.panel.js';
import { Waiting } from './overview/waiting.js';
import { SaleBar } from './sale/sale.bar.js';
import { SaleDialog } from './sale/sale.dialog.js';

interface WalletViewProps {
  readonly address: string;
  /** Undefined: the wallet is only looked at. */
  readonly account: SellingAccount | undefined;
  readonly walletName: string | undefined;
}

/** One wallet: what it holds, and selling some of it. */
export function WalletView({ address, account, walletName }: WalletViewProps): ReactElement {
  const balances = useTokenBalances(address);
  const selling = useBatchSelling(account, balances.tokens);
  const [search, setSearch] = useState('');
  const [reviewing, setReviewing] = useState(false);
  const [refreshError, setRefreshError] = useState<string>();
  const found = useFoundTokens(balances.tokens, search);

  const { hasMore, loadMore, loadingMore, refreshing, error } = balances;
  useEffect(() => {
    // "All under $10" means all: the list is loaded to its end, a page at a time.
    if (hasMore && !loadingMore && !refreshing && error === null) loadMore();
  }, [hasMore, loadMore, loadingMore, refreshing, error]);

  const refresh = async (): Promise<void> => {
    const result = await balances.invalidateCacheAndRefetch();
    setRefreshError(result.success ? undefined : result.error);
  };
  const review = (): void => {
    setReviewing(true);
    if (selling.quote === undefined) void selling.requestQuote();
  };
  const close = (): void => {
    setReviewing(false);
    if (!selling.processing) selling.closeTradeModal();
  };
  const { destinationToken, processing, resumed, selectedTokens, quote, quoting } = selling;
  useEffect(() => {
    if (processing && resumed) setReviewing(true);
  }, [processing, resumed]);
  useEffect(() => {
    // A token was removed in the review: the rest needs a quote of its own.
    if (
      reviewing &&
      !processing &&
      !quote &&
      !quoting &&
      !selling.error &&
      !selling.tradeSummary &&
      selectedTokens.size > 0
    )
      void selling.requestQuote();
  });

  const trouble = error ?? refreshError;
  return (
    <>
      <OverviewPanel wallet={address} balances={balances} onRefresh={() => void refresh()} />
      {processing && !reviewing && (
        <button type="button" className="note note-button" onClick={() => setReviewing(true)}>
          A sale is under way. Show it.
        </button>
      )}
      {trouble && (
        <div className="note note-bad" role="alert">
          <p>
            {trouble}
            {balances.tokens.length > 0 && ' You see what was known before.'}
          </p>
          <button type="button" className="button button-quiet" onClick={balances.retry}>
            Try again
          </button>
        </div>
      )}
      {balances.waitingUntil && <Waiting until={balances.waitingUntil} />}
      {balances.loading && <ListSkeleton />}
      {balances.hasAttemptedFetch && balances.tokens.length === 0 && error === null && (
        <p className="empty">This wallet holds no tokens on the chains that are watched here.</p>
      )}
      {balances.tokens.length > 0 && (
        <section className="panel" aria-label="Tokens">
          <ListToolbar
            search={search}
            onSearch={setSearch}
            selectedCount={selectedTokens.size}
            onSelectUnder={account && selling.selectAllUnder}
            onClear={selling.clearSelection}
          />
          {found.length === 0 ? (
            <p className="empty">No token matches “{search}”.</p>
          ) : (
            <TokenList
              tokens={found}
              selected={selectedTokens}
              destination={destinationToken && tokenId(destinationToken)}
              onToggle={account && selling.handleTokenSelect}
            />
          )}
        </section>
      )}
      {account && <SaleBar selling={selling} onReview={review} />}
      {reviewing && (selectedTokens.size > 0 || selling.showTradeModal || selling.error) && (
        <SaleDialog selling={selling} walletName={walletName} onClose={close} />
      )}
    </>
  );
}

function ListSkeleton(): ReactElement {
  return (
    <div className="panel skeleton" role="status" aria-label="Loading tokens">
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} className="row row-fixed">
          <span className="token-icon" />
          <span className="bone" />
          <span className="bone bone-short" />
        </div>
      ))}
    </div>
  );
}
