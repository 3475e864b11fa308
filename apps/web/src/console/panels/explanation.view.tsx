import type { Target } from '../api/console.client.js';
import type { Explanation } from '../api/explanation.types.js';
import type { FoundExplanation } from '../api/use-explanation.js';
import { duration } from '../figure.format.js';
import { useNow } from '../use-now.js';
import { LifeBar } from './life.bar.js';

/** Tags of all keys that begin alike, and of all there are, are too much for a button; a shortened one names nothing. */
const NO_BUTTON = /[:*]$|…/;

interface ExplanationViewProps {
  readonly found: FoundExplanation;
  /** As it was asked for: the answer shortens wallets for those who may not see them. */
  readonly askedKey: string;
  readonly mayInvalidate: boolean;
  readonly invalidate: (target: Target) => void;
}

/** Both tiers with their lives running down, tags and versions, the lease and the last invalidation of one key. */
export function ExplanationView({
  found,
  askedKey,
  mayInvalidate,
  invalidate,
}: ExplanationViewProps): React.JSX.Element {
  const { explanation } = found;
  const sinceMs = Math.max(0, useNow(250) - found.at);
  const { key, entry, tags, lease, lastInvalidation, storeAnswered } = explanation;
  const unversioned = storeAnswered ? 'never invalidated' : 'unknown: the store cannot be asked';
  return (
    <div className="explanation">
      <header>
        <div>
          <code>{key}</code>
          <small>{entry}</small>
        </div>
        <button
          type="button"
          className="danger"
          disabled={!mayInvalidate}
          title={mayInvalidate ? undefined : 'Needs the scope cache:invalidate'}
          onClick={() => invalidate({ action: 'invalidate', key: askedKey })}
        >
          Invalidate
        </button>
      </header>
      <p className="verdict">{verdict(explanation, sinceMs)}</p>
      <div className="lives">
        <FirstTier l1={explanation.l1} sinceMs={sinceMs} />
        <SecondTier l2={explanation.l2} storeAnswered={explanation.storeAnswered} sinceMs={sinceMs} />
      </div>
      <dl className="facts">
        <div>
          <dt>Lease</dt>
          <dd>
            {lease === null
              ? storeAnswered
                ? 'nobody is loading it'
                : 'unknown'
              : `being loaded, for at most ${duration(lease.remainingMs - sinceMs)}`}
          </dd>
        </div>
        <div>
          <dt>Last invalidation</dt>
          <dd>
            {lastInvalidation === null ? (
              'none that this instance has heard of'
            ) : (
              <>
                {duration(lastInvalidation.agoMs + sinceMs)} ago by {lastInvalidation.by}, of{' '}
                <code>{lastInvalidation.of}</code>
              </>
            )}
          </dd>
        </div>
      </dl>
      <table className="tags">
        <caption>Tags</caption>
        <thead>
          <tr>
            <th scope="col">Tag</th>
            <th scope="col">Version</th>
            <th scope="col">
              <span className="sr">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tags.map(({ tag, version }) => (
            <tr key={tag}>
              <th scope="row">
                <code>{tag}</code>
              </th>
              <td>{version === null ? unversioned : <code>{version}</code>}</td>
              <td>
                {mayInvalidate && !NO_BUTTON.test(tag) && (
                  <button type="button" className="plain" onClick={() => invalidate({ action: 'invalidateTag', tag })}>
                    Invalidate<span className="sr"> the tag {tag}</span>
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FirstTier({ l1, sinceMs }: { l1: Explanation['l1']; sinceMs: number }): React.JSX.Element {
  if (l1 === null) return <LifeBar tier="L1" state="not held" note="This instance’s memory does not hold it." />;
  const ageMs = l1.ageMs + sinceMs;
  const leftMs = l1.freshForMs - sinceMs;
  const askMs = l1.networkAfterMs - sinceMs;
  const servable = l1.servable && askMs > 0;
  return (
    <LifeBar
      tier="L1"
      state={servable ? 'served' : 'held, not served'}
      good={servable}
      ageMs={ageMs}
      leftMs={leftMs}
      note={
        servable ? `Asks Redis again in ${duration(askMs)}.` : 'The next read asks Redis whether it is still valid.'
      }
    />
  );
}

function SecondTier(props: { l2: Explanation['l2']; storeAnswered: boolean; sinceMs: number }): React.JSX.Element {
  const { l2, storeAnswered, sinceMs } = props;
  if (!storeAnswered) return <LifeBar tier="L2" state="no answer" note="The store cannot be asked." />;
  if (l2 === null) return <LifeBar tier="L2" state="not held" note="The next read loads it from its source." />;
  const state = l2.state === 'valid' && (l2.freshForMs ?? 0) <= sinceMs ? 'expired' : l2.state;
  const deleted = `The store deletes it in ${duration(l2.expiresInMs - sinceMs)}.`;
  return (
    <LifeBar
      tier="L2"
      state={state}
      good={state === 'valid'}
      {...(l2.ageMs === null ? {} : { ageMs: l2.ageMs + sinceMs })}
      {...(l2.freshForMs === null ? {} : { leftMs: l2.freshForMs - sinceMs })}
      note={state === 'expired' ? `Only served while the source fails. ${deleted}` : deleted}
    />
  );
}

function verdict({ l1, l2, storeAnswered }: Explanation, sinceMs: number): string {
  if (l1?.servable === true && l1.networkAfterMs > sinceMs)
    return 'A read now is answered from this instance’s memory.';
  if (!storeAnswered) return 'The store cannot be asked: a read now goes to the source.';
  if (l2?.state === 'valid' && (l2.freshForMs ?? 0) > sinceMs) return 'A read now is answered from L2.';
  if (l2?.state === 'invalidated') return 'What is stored was invalidated: a read now goes to the source.';
  return 'A read now goes to the source.';
}
