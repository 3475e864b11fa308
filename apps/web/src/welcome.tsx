import { type CSSProperties, type ReactElement, useState } from 'react';

interface WelcomeProps {
  readonly onConnect: () => void;
  readonly onLook: (address: string) => void;
}

/** What is seen before there is a wallet. */
export function Welcome({ onConnect, onLook }: WelcomeProps): ReactElement {
  const [address, setAddress] = useState('');
  const [wrong, setWrong] = useState(false);
  return (
    <section className="welcome">
      <div className="welcome-text">
        <h1>Sweep the small change out of your wallet.</h1>
        <p className="lead">
          Pick the tokens you no longer want. They are sold together, in one transaction, and your new balances are here
          the moment it is confirmed.
        </p>
        <button type="button" className="button button-large" onClick={onConnect}>
          Connect a wallet
        </button>
        <form
          className="look"
          onSubmit={(event) => {
            event.preventDefault();
            const trimmed = address.trim();
            const usable = /^0x[0-9a-fA-F]{40}$/.test(trimmed);
            setWrong(!usable);
            if (usable) onLook(trimmed);
          }}
        >
          <label htmlFor="look-at">Or look at any address</label>
          <span className="look-line">
            <input
              id="look-at"
              placeholder="0x…"
              value={address}
              spellCheck={false}
              autoComplete="off"
              aria-invalid={wrong}
              aria-describedby={wrong ? 'look-wrong' : undefined}
              onChange={(event) => setAddress(event.target.value)}
            />
            <button type="submit" className="button button-quiet">
              Look
            </button>
          </span>
          {wrong && (
            <span id="look-wrong" className="wrong" role="alert">
              An address is 0x and 40 hex digits.
            </span>
          )}
        </form>
      </div>
      <Picture />
    </section>
  );
}

const SMALL_CHANGE = [
  { letter: 'P', hue: 18, far: 40, amount: '$3.10' },
  { letter: 'D', hue: 268, far: 60, amount: '$0.42' },
  { letter: 'M', hue: 200, far: 50, amount: '$7.95' },
  { letter: 'W', hue: 330, far: 45, amount: '$1.18' },
];

/** What the page does, without words. */
function Picture(): ReactElement {
  return (
    <div className="picture" aria-hidden="true">
      {SMALL_CHANGE.map(({ letter, hue, far, amount }) => (
        <div key={letter} className="picture-row">
          <span className="token-icon" style={{ '--hue': hue, '--far': far } as CSSProperties}>
            {letter}
          </span>
          <span className="picture-line" />
          <span>{amount}</span>
        </div>
      ))}
      <svg viewBox="0 0 20 20">
        <path d="M10 3v13m-5-5 5 5 5-5" />
      </svg>
      <div className="picture-row picture-sum">
        <span className="token-icon" style={{ '--hue': 150, '--far': 20 } as CSSProperties}>
          $
        </span>
        <span className="picture-line" />
        <span>12.61 USDC</span>
      </div>
    </div>
  );
}
