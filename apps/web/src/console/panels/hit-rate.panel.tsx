import { type SliceStats, TIERS, type WindowName } from '../api/stats.types.js';
import { count, latency, percent } from '../figure.format.js';
import { Panel } from './panel.js';
import { TIER_NAMES, TierBar } from './tier.bar.js';

/** The cache's aim; below it, it does not earn its place. */
export const HIT_RATE_TARGET = 70;

export const WINDOW_NAMES: Readonly<Record<WindowName, string>> = {
  '1m': 'the last minute',
  '5m': 'the last 5 minutes',
  '1h': 'the last hour',
};

const EXPLAINED = {
  L1: 'from this process’s memory',
  L2: 'from Redis',
  STALE: 'expired, source failing',
  MISS: 'the source was asked',
} as const;

/** The one figure that matters, and where it comes from. */
export function HitRatePanel({ slice, window }: { slice: SliceStats; window: WindowName }): React.JSX.Element {
  const { hitRate, requests, hits, tiers } = slice;
  const state = hitRate === null ? 'idle' : hitRate < HIT_RATE_TARGET ? 'low' : 'good';
  return (
    <Panel title="Hit rate" area="hit-rate" aside={`over ${WINDOW_NAMES[window]}`}>
      <div className="headline">
        <strong className={state}>{percent(hitRate)}</strong>
        <p>
          {requests === 0 ? (
            'Nothing was read in this time.'
          ) : (
            <>
              <b>{count(hits)}</b> of <b>{count(requests)}</b> reads did not wait for a source.
            </>
          )}{' '}
          <span className="target">Target: above {HIT_RATE_TARGET}%</span>
        </p>
      </div>
      <TierBar tiers={tiers} requests={requests} />
      <dl className="tiers">
        {TIERS.map((tier) => (
          <div key={tier}>
            <dt>
              <i className={`tier-${tier}`} />
              {TIER_NAMES[tier]} <small>{EXPLAINED[tier]}</small>
            </dt>
            <dd>
              <b>{count(tiers[tier].count)}</b>
              <span>{latency(tiers[tier].avgMs)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
