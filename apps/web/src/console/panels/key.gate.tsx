import { type SubmitEvent, useState } from 'react';

interface KeyGateProps {
  readonly refusal: string | null;
  readonly enter: (key: string) => void;
}

/** Asks for the API key that reading needs. */
export function KeyGate({ refusal, enter }: KeyGateProps): React.JSX.Element {
  const [key, setKey] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') enter(key.trim());
  };
  return (
    <main className="gate">
      <form onSubmit={submit}>
        <span className="mark" aria-hidden="true" />
        <h1>Cache console</h1>
        <p>
          Reading needs an API key with the scope <code>cache:read</code>. With <code>cache:admin</code>, keys and
          wallets are shown in full; <code>cache:invalidate</code> allows to invalidate them.
        </p>
        <label htmlFor="api-key">API key</label>
        <input
          id="api-key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={key}
          onChange={(event) => setKey(event.target.value)}
          aria-invalid={refusal !== null}
          aria-describedby="api-key-note"
        />
        <p
          id="api-key-note"
          className={refusal === null ? 'note' : 'note bad'}
          role={refusal === null ? undefined : 'alert'}
        >
          {refusal ?? 'It stays in this tab and is forgotten when the tab is closed.'}
        </p>
        <button type="submit" className="primary" disabled={key.trim() === ''}>
          Open the console
        </button>
      </form>
    </main>
  );
}
