import { type ReactElement, useEffect, useRef } from 'react';
import { type SaleQuote, tokenId, type UseBatchSelling } from '@chaincache/react';
import { formatAmount, unitsToText } from '../format/amounts.js';
import { TokenIcon } from '../list/token.icon.js';
import { Countdown } from './countdown.js';

interface QuoteReviewProps {
  readonly selling: UseBatchSelling;
  readonly quote: SaleQuote;
  readonly walletName: string | undefined;
  readonly onSell: () => void;
}

/** What each token brings, what cannot be sold and why, and the button that opens the wallet. */
export function QuoteReview({ selling, quote, walletName, onSell }: QuoteReviewProps): ReactElement {
  const { answer, destination } = quote;
  const tokens = new Map(quote.tokens.map((token) => [token.address.toLowerCase(), token]));
  const receives = (units: string): string =>
    `${formatAmount(unitsToText(units, destination.decimals))} ${destination.symbol}`;
  const count = answer.quotes.length;
  const sell = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Who chooses what to receive, key by key, stays at it while the quotes change.
    if (!(document.activeElement instanceof HTMLSelectElement)) sell.current?.focus();
  }, []);
  return (
    <>
      <ul className="quotes" aria-label="Quotes">
        {answer.quotes.map(({ token: address, destinationAmount }) => {
          const token = tokens.get(address.toLowerCase());
          return (
            <li key={address}>
              <TokenIcon address={address} symbol={token?.symbol ?? ''} logo={token?.logo ?? null} />
              <span className="quote-name">
                <bdi>{token?.symbol || 'No symbol'}</bdi>
                <span className="hint">{token?.balanceFormatted ? formatAmount(token.balanceFormatted) : ''}</span>
              </span>
              <span className="quote-amount">{receives(destinationAmount)}</span>
            </li>
          );
        })}
        {answer.failed.map(({ token: address, message }) => {
          const token = tokens.get(address.toLowerCase());
          return (
            <li key={address} className="quote-failed">
              <TokenIcon address={address} symbol={token?.symbol ?? ''} logo={token?.logo ?? null} />
              <span className="quote-name">
                <bdi>{token?.symbol || 'No symbol'}</bdi>
                <span className="hint">{message}</span>
              </span>
              {token && (
                <button
                  type="button"
                  className="button button-bare"
                  onClick={() => selling.handleTokenSelect(tokenId(token))}
                >
                  Remove
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {count > 0 ? (
        <>
          <p className="quote-total">
            <span>You receive about</span>
            <strong>{receives(answer.totalDestinationAmount)}</strong>
          </p>
          <p className="quote-foot">
            {Number.isFinite(quote.expiresAt) && <Countdown until={quote.expiresAt} />}
            {!answer.simulated && (
              <span className="hint">These sales could not be tried out beforehand on this chain.</span>
            )}
          </p>
          <button type="button" className="button button-wide" onClick={onSell} ref={sell}>
            Sell {count === 1 ? '1 token' : `${count} tokens`} in one go
          </button>
          <p className="hint centred">
            {walletName ?? 'Your wallet'} will ask you to confirm. Nothing moves before that.
          </p>
        </>
      ) : (
        <p className="note" role="alert">
          None of these can be sold now.
        </p>
      )}
    </>
  );
}
