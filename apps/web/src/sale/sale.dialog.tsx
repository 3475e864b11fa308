import type { ReactElement } from 'react';
import type { UseBatchSelling } from '@chaincache/react';
import { formatAmount, unitsToText } from '../format/amounts.js';
import { Waiting } from '../overview/waiting.js';
import { Modal } from '../style/modal.js';
import { DestinationPicker } from './destination.picker.js';
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
  const { processing, tradeSummary, quote, quoting, error, progress, invalidation, resumed, reorged, waitingUntil } =
    selling;
  const title = tradeSummary && !processing ? 'Sold' : processing ? 'Selling' : 'Review your sale';
  return (
    <Modal title={title} onClose={onClose}>
      <p className="hidden" role="status">
        {quoteInWords(selling)}
      </p>
      {!processing && !tradeSummary && <DestinationPicker selling={selling} />}
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
      {!processing && !tradeSummary && quoting && !waitingUntil && <p className="loading-line">Asking for prices…</p>}
      {!tradeSummary && waitingUntil && <Waiting until={waitingUntil} />}
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

/** For those who do not see the quotes come and change. */
function quoteInWords({ quoting, quote, processing, tradeSummary }: UseBatchSelling): string {
  if (processing || tradeSummary) return '';
  if (quoting) return 'Asking for prices…';
  if (quote === undefined) return '';
  const { answer, destination } = quote;
  const amount = formatAmount(unitsToText(answer.totalDestinationAmount, destination.decimals));
  const failed = answer.failed.length > 0 ? `, ${answer.failed.length} cannot be sold` : '';
  return `Quote: ${amount} ${destination.symbol} for ${answer.quotes.length}${failed}`;
}
