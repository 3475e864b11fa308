import type { ReactElement } from 'react';
import type { UseTokenBalances } from '@chaincache/react';
import { formatUsd, shortAddress } from '../format/amounts.js';
import { Freshness } from './freshness.js';

interface OverviewPanelProps {
  readonly wallet: string;
  readonly balances: UseTokenBalances;
  readonly onRefresh: () => void;
}

/** What the wallet holds, in one look. */
export function OverviewPanel({ wallet, balances, onRefresh }: OverviewPanelProps): ReactElement {
  const { tokens, totalUsdValue, hasMore, readAt, stale, refreshing, partialChains } = balances;
  return (
    <section className="overview" aria-label="Overview">
      <div>
        <p className="overview-label">
          Total value of <bdi title={wallet}>{shortAddress(wallet)}</bdi>
        </p>
        <p className="overview-total" data-testid="total">
          {formatUsd(totalUsdValue)}
        </p>
        <p className="overview-detail">
          <span>
            {tokens.length}
            {hasMore ? '+' : ''} tokens
          </span>
          {readAt && <Freshness readAt={readAt} stale={stale} refreshing={refreshing} />}
        </p>
        {partialChains.length > 0 && (
          <p className="note">
            Chain {partialChains.join(', ')} cannot be read at present: its tokens are missing here.
          </p>
        )}
      </div>
      <button type="button" className="button button-quiet" onClick={onRefresh} disabled={refreshing}>
        Refresh
      </button>
    </section>
  );
}
