import type { TopKey } from '../api/stats.types.js';
import { count } from '../figure.format.js';
import { Panel } from './panel.js';

interface TopKeysPanelProps {
  readonly title: string;
  readonly keys: readonly TopKey[];
  readonly kind: 'hit' | 'miss';
  /** Null: the keys are masked, so nothing can be asked about them. */
  readonly explore: ((key: string) => void) | null;
}

const SHOWN = 10;

export function TopKeysPanel({ title, keys, kind, explore }: TopKeysPanelProps): React.JSX.Element {
  const shown = keys.slice(0, SHOWN);
  const most = shown[0]?.count ?? 1;
  return (
    <Panel title={title} area={`top-keys ${kind}`} aside={explore === null ? 'masked without cache:admin' : undefined}>
      {shown.length === 0 && <p className="nothing">None yet.</p>}
      <ol>
        {shown.map(({ key, entry, count: times }, at) => (
          <li key={`${at}-${key}`} title={`${entry}: ${key}`}>
            <i style={{ inlineSize: `${(times / most) * 100}%` }} aria-hidden="true" />
            {explore === null ? (
              <code>{key}</code>
            ) : (
              <button type="button" onClick={() => explore(key)} aria-label={`Explain ${key}`}>
                <code>{key}</code>
              </button>
            )}
            <b>{count(times)}</b>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
