import type { ReactElement } from 'react';
import type { UseBatchSelling } from '@chaincache/react';
import { Modal } from '../style/modal.js';
import { QuoteReview } from './quote.review.js';
import { SaleProgress } from './sale.progress.js';
import { SaleSummary } from './sale.summary.js';

interface SaleDialogProps {
  readonly selling: UseBatchSelling;
  readonly walletName: string | undefined;
  readonly onClose: () => void;
}

/** From the quote to the summary. While the wallet is asked or the network awaited, closing it stops nothing. */
export function SaleDialog({ selling, walletName, onClose }: SaleDialogProps): ReactElement {
  const { processing, tradeSummary, quote, quoting, error, progress, invalidation, resumed, reorged } = selling;
  const title = tradeSummary && !processing ? 'Sold' : processing ? 'Selling' : 'Review your sale';
  return (
    <Modal title={title} onClose={onClose}>
      {error && !processing && (
        <div className="note note-bad" role="alert">
          <p>{error.message}</p>
          <button type="button" className="button button-quiet" onClick={() => void selling.requestQuote()}>
            Get a new quote
          </button>
        </div>
      )}
      {processing && <SaleProgress steps={progress} invalidation={invalidation} resumed={resumed} />}
      {!processing && tradeSummary && (
        <SaleSummary summary={tradeSummary} invalidation={invalidation} reorged={reorged} onClose={onClose} />
      )}
      {!processing && !tradeSummary && quoting && (
        <p className="loading-line" role="status">
          Asking for prices…
        </p>
      )}
      {!processing && !tradeSummary && !quoting && !error && quote && (
        <QuoteReview
          selling={selling}
          quote={quote}
          walletName={walletName}
          onSell={() => void selling.executeBatchSell()}
        />
      )}
    </Modal>
  );
}
