import { type RequestStats, type Tier, TIERS } from '../api/stats.types.js';
import { count, percent } from '../figure.format.js';

export const TIER_NAMES: Readonly<Record<Tier, string>> = { L1: 'L1', L2: 'L2', STALE: 'Stale', MISS: 'Miss' };

/** Where answers came from, as shares of one bar. */
export function TierBar({ tiers, requests }: Pick<RequestStats, 'tiers' | 'requests'>): React.JSX.Element {
  const words = TIERS.map((tier) => `${TIER_NAMES[tier]} ${count(tiers[tier].count)}`).join(', ');
  return (
    <div className="tier-bar" role="img" aria-label={requests === 0 ? 'No reads' : words}>
      {TIERS.filter((tier) => tiers[tier].count > 0).map((tier) => (
        <i
          key={tier}
          className={`tier-${tier}`}
          style={{ flexGrow: tiers[tier].count }}
          title={`${TIER_NAMES[tier]}: ${count(tiers[tier].count)}, ${percent((tiers[tier].count / requests) * 100)}`}
        />
      ))}
    </div>
  );
}
