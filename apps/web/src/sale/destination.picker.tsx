import { type ReactElement, useId } from 'react';
import type { UseBatchSelling } from '@chaincache/react';

/** What the sale is paid out in. Choosing another asks for other quotes. */
export function DestinationPicker({ selling }: { readonly selling: UseBatchSelling }): ReactElement | null {
  const { destinations, destinationToken, setDestinationToken } = selling;
  const id = useId();
  if (destinationToken === undefined || destinations.length < 2) return null;
  return (
    <div className="payout">
      <label htmlFor={id}>Receive</label>
      <span className="payout-choice">
        <select
          id={id}
          value={destinationToken.address}
          onChange={(event) => {
            const chosen = destinations.find(({ address }) => address === event.target.value);
            if (chosen) setDestinationToken(chosen);
          }}
        >
          {destinations.map(({ address, symbol, name }) => (
            <option key={address} value={address}>
              {symbol} · {name}
            </option>
          ))}
        </select>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="m6 8 4 4 4-4" />
        </svg>
      </span>
    </div>
  );
}
