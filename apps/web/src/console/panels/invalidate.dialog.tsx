import { useEffect, useRef, useState } from 'react';
import type { ConsoleClient, Invalidated, Target } from '../api/console.client.js';

interface InvalidateDialogProps {
  readonly client: ConsoleClient;
  readonly target: Target;
  readonly close: () => void;
}

type State =
  | { readonly is: 'asking' | 'working' }
  | { readonly is: 'done'; readonly outcome: Invalidated }
  | { readonly is: 'failed'; readonly message: string };

const OUTCOMES: Readonly<Record<Invalidated['status'], string>> = {
  applied: 'Done. No instance serves the old value any more.',
  queued: 'The store cannot be reached. The invalidation is kept and applied as soon as it can.',
  coalesced: 'The same was invalidated a moment ago; that covers it.',
};

/** Asks before anything is invalidated, and tells what came of it. */
export function InvalidateDialog({ client, target, close }: InvalidateDialogProps): React.JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, setState] = useState<State>({ is: 'asking' });
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const run = async (): Promise<void> => {
    setState({ is: 'working' });
    try {
      setState({ is: 'done', outcome: await client.invalidate(target) });
    } catch (error) {
      setState({ is: 'failed', message: (error as Error).message });
    }
  };
  const isTag = target.action === 'invalidateTag';
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="invalidate-title">
      <h2 id="invalidate-title">Invalidate this {isTag ? 'tag' : 'key'}?</h2>
      <code>{isTag ? target.tag : target.key}</code>
      <p role="status" className={state.is === 'failed' ? 'bad' : undefined}>
        {state.is === 'done' && OUTCOMES[state.outcome.status]}
        {state.is === 'failed' && state.message}
        {(state.is === 'asking' || state.is === 'working') &&
          (isTag
            ? 'Every value with this tag becomes invalid on all instances. The next read of each goes to its source.'
            : 'Its value becomes invalid on all instances. The next read goes to its source.')}
      </p>
      <div className="actions">
        <button type="button" className="plain" onClick={() => dialog.current?.close()}>
          {state.is === 'done' ? 'Close' : 'Cancel'}
        </button>
        {state.is !== 'done' && (
          <button type="button" className="danger" disabled={state.is === 'working'} onClick={() => void run()}>
            Invalidate
          </button>
        )}
      </div>
    </dialog>
  );
}
