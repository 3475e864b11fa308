import { type SubmitEvent, type Ref, useEffect, useId, useState } from 'react';
import type { ConsoleClient, Target } from '../api/console.client.js';
import { useExplanation } from '../api/use-explanation.js';
import { ExplanationView } from './explanation.view.js';
import { InvalidateDialog } from './invalidate.dialog.js';
import { Panel } from './panel.js';

interface KeyExplorerProps {
  readonly ref: Ref<HTMLElement>;
  readonly client: ConsoleClient;
  /** What the key may do; null: nobody told, so the API will. */
  readonly scopes: readonly string[] | null;
  /** A key that was chosen elsewhere on the page; another `turn` means chosen again. */
  readonly asked: { readonly key: string; readonly turn: number };
}

/** Answers "why do I see this value", and makes it invalid. */
export function KeyExplorer({ ref, client, scopes, asked }: KeyExplorerProps): React.JSX.Element {
  const field = useId();
  const [text, setText] = useState('');
  const [key, setKey] = useState('');
  const [target, setTarget] = useState<Target | null>(null);
  const { found, failure, look } = useExplanation(client, key);
  const mayInvalidate = scopes === null || scopes.includes('cache:invalidate');

  useEffect(() => {
    if (asked.key === '') return;
    setText(asked.key);
    setKey(asked.key);
  }, [asked]);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() === key) look();
    else setKey(text.trim());
  };

  return (
    <Panel ref={ref} id="explorer" title="Key explorer" area="explorer" aside="why a key is served as it is">
      <form role="search" onSubmit={submit}>
        <label className="sr" htmlFor={field}>
          Key
        </label>
        <input
          id={field}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="tokens:0x… , user:info:… , network:stats"
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit" className="primary" disabled={text.trim() === ''}>
          Explain
        </button>
      </form>
      {failure !== null && (
        <p className="note bad" role="alert">
          {failure}
        </p>
      )}
      {found === null && failure === null && (
        <p className="nothing">
          {key === ''
            ? 'Type a key, or choose one of the top keys: its tiers, ages, tags and last invalidation appear here.'
            : 'Looking…'}
        </p>
      )}
      {found !== null && (
        <ExplanationView found={found} askedKey={key} mayInvalidate={mayInvalidate} invalidate={setTarget} />
      )}
      {target !== null && (
        <InvalidateDialog
          client={client}
          target={target}
          close={() => {
            setTarget(null);
            look();
          }}
        />
      )}
    </Panel>
  );
}
