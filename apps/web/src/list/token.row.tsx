import { memo, type ReactElement } from 'react';
import type { TokenBalance } from '@chaincache/react';
import { formatAmount, formatPrice, formatUsd, shortAddress } from '../format/amounts.js';
import { TokenIcon } from './token.icon.js';

interface TokenRowProps {
  readonly id: string;
  readonly token: TokenBalance;
  readonly selected: boolean;
  /** Others are sold for it. */
  readonly isDestination: boolean;
  /** Undefined: it is only looked at. */
  readonly onToggle: ((id: string) => void) | undefined;
  /** The one row of the list that Tab reaches. */
  readonly reachable: boolean;
  readonly showChain: boolean;
}

export const TokenRow = memo(function TokenRow(props: TokenRowProps): ReactElement {
  const { id, token, selected, isDestination, onToggle, reachable, showChain } = props;
  const name = token.name || shortAddress(token.address);
  const selectable = onToggle !== undefined && !isDestination;
  return (
    <label
      className={`row${selected ? ' row-selected' : ''}${selectable ? '' : ' row-fixed'}${onToggle ? '' : ' row-bare'}`}
      htmlFor={`pick-${id}`}
    >
      {onToggle && (
        <input
          id={`pick-${id}`}
          type="checkbox"
          className="pick"
          checked={selected}
          aria-disabled={isDestination}
          tabIndex={reachable ? 0 : -1}
          onChange={() => selectable && onToggle(id)}
        />
      )}
      <TokenIcon address={token.address} symbol={token.symbol || name} logo={token.logo} />
      <span className="row-name">
        <bdi className="row-symbol">{token.symbol || 'No symbol'}</bdi>
        <bdi className="row-title">{name}</bdi>
      </span>
      <span className="row-amount">
        <span className="row-balance">
          {token.balanceFormatted === null ? 'unknown units' : formatAmount(token.balanceFormatted)}
        </span>
        <span className="row-price">
          {token.priceUsd === null ? 'no price' : `at ${formatPrice(token.priceUsd)}`}
          {showChain && ` · chain ${token.chainId}`}
        </span>
      </span>
      <span className="row-value">
        {isDestination && <span className="tag">you get this</span>}
        <strong>{token.priceUsd === null ? '—' : formatUsd(token.value)}</strong>
      </span>
    </label>
  );
});
