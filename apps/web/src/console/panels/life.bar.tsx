import { duration } from '../figure.format.js';

interface LifeBarProps {
  readonly tier: 'L1' | 'L2';
  readonly state: string;
  readonly good?: boolean;
  readonly ageMs?: number;
  /** How long it stays fresh; negative: it no longer is. */
  readonly leftMs?: number;
  readonly note: string;
}

/** A value's life in one tier, running down. */
export function LifeBar({ tier, state, good = false, ageMs, leftMs, note }: LifeBarProps): React.JSX.Element {
  const whole = (ageMs ?? 0) + Math.max(0, leftMs ?? 0);
  const left = leftMs === undefined || whole <= 0 ? 0 : Math.max(0, leftMs) / whole;
  return (
    <div className={good ? 'life good' : 'life'}>
      <h3>
        <i className={`tier-${tier}`} />
        {tier} <em>{state}</em>
      </h3>
      <p className="left">
        {leftMs === undefined ? '–' : leftMs > 0 ? duration(leftMs) : `expired ${duration(-leftMs)} ago`}
        {ageMs !== undefined && <small>{duration(ageMs)} old</small>}
      </p>
      <div className="run" role="img" aria-label={`${Math.round(left * 100)}% of its fresh life is left`}>
        <i className={`tier-${tier}`} style={{ inlineSize: `${left * 100}%` }} />
      </div>
      <p className="note">{note}</p>
    </div>
  );
}
