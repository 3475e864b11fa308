import type { ReactElement } from 'react';
import type { UseBatchSelling } from '@chaincache/react';
import { formatUsd } from '../format/amounts.js';

interface SaleBarProps {
  readonly selling: UseBatchSelling;
  readonly onReview: () => void;
}

/** What is selected, and the way on. Stands at the lower edge while anything is selected. */
export function SaleBar({ selling, onReview }: SaleBarProps): ReactElement | null {
  const count = selling.selectedTokens.size;
  if (count === 0) return null;
  return (
    <section className="sale-bar" aria-label="Selection">
      <p role="status">
        <strong>{count === 1 ? '1 token' : `${count} tokens`}</strong>
        <span> worth {formatUsd(selling.calculateTotalValue())}</span>
      </p>
      <button type="button" className="button" disabled={selling.destinationToken === undefined} onClick={onReview}>
        Review sale
      </button>
    </section>
  );
}
