import { type CSSProperties, memo, type ReactElement, useState } from 'react';

interface TokenIconProps {
  readonly address: string;
  readonly symbol: string;
  readonly logo: string | null;
}

/** The token's logo where this server has it, else colours and a letter made from its address. Nothing is loaded from elsewhere. */
export const TokenIcon = memo(function TokenIcon({ address, symbol, logo }: TokenIconProps): ReactElement {
  const [broken, setBroken] = useState(false);
  const local = logo !== null && (logo.startsWith('/') || logo.startsWith('data:image/'));
  if (local && !broken) {
    return <img className="token-icon" src={logo} alt="" width={40} height={40} onError={() => setBroken(true)} />;
  }
  const number = Number.parseInt(address.slice(2, 10), 16);
  const style = { '--hue': number % 360, '--turn': `${(number >> 9) % 360}deg`, '--far': 40 + ((number >> 5) % 90) };
  return (
    <span className="token-icon" style={style as CSSProperties} aria-hidden="true">
      {letterOf(symbol)}
    </span>
  );
});

function letterOf(symbol: string): string {
  return Array.from(symbol.trim())[0]?.toUpperCase() ?? '?';
}
