import { type ReactElement, useState } from 'react';
import type { SaleInvalidation, TradeSummary } from '@chaincache/react';
import { formatAmount, shortAddress, unitsToText } from '../format/amounts.js';

interface SaleSummaryProps {
  readonly summary: TradeSummary;
  readonly invalidation: SaleInvalidation;
  readonly reorged: boolean;
  readonly onClose: () => void;
}

/** How a sale ended. */
export function SaleSummary({ summary, invalidation, reorged, onClose }: SaleSummaryProps): ReactElement {
  const { successfulTokens, failedTokens, receivedAmount, quotedAmount, destination, transactionHash, blockNumber } =
    summary;
  const sold = successfulTokens.length;
  return (
    <>
      <p className="summary-amount" data-testid="received">
        {formatAmount(unitsToText(receivedAmount ?? quotedAmount, destination.decimals))} {destination.symbol}
      </p>
      <p className="summary-line" role="status">
        {reorged
          ? 'The network took this sale back. It may still be included again.'
          : `${sold} ${sold === 1 ? 'token' : 'tokens'} sold`}
        {blockNumber !== undefined && !reorged && ` in block ${blockNumber}`}
      </p>
      {failedTokens.length > 0 && (
        <p className="note note-bad">
          Not sold: {failedTokens.map(({ symbol, address }) => symbol || shortAddress(address)).join(', ')}.{' '}
          {failedTokens.length === 1 ? 'It is' : 'They are'} still in your wallet.
        </p>
      )}
      {invalidation.status === 'failed' && (
        <p className="note">
          The sale went through, but the server could not be told ({invalidation.error}). Balances may look old for a
          few minutes.
        </p>
      )}
      {transactionHash && <Transaction hash={transactionHash} />}
      <button type="button" className="button button-wide" onClick={onClose} autoFocus>
        Done
      </button>
    </>
  );
}

function Transaction({ hash }: { readonly hash: string }): ReactElement {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(hash);
    setCopied(true);
  };
  return (
    <p className="transaction">
      <span className="hint">Transaction</span>
      <code data-testid="transaction" title={hash}>
        {hash}
      </code>
      <button type="button" className="button button-bare" onClick={() => void copy().catch(() => undefined)}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </p>
  );
}
