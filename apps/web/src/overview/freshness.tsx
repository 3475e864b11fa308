import { type ReactElement, useEffect, useState } from 'react';
import { formatAge } from '../format/amounts.js';

interface FreshnessProps {
  readonly readAt: Date;
  readonly stale: boolean;
  readonly refreshing: boolean;
}

/** How old the list is. Counts by itself, so that the list need not be rendered each second. */
export function Freshness({ readAt, stale, refreshing }: FreshnessProps): ReactElement {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, (now - readAt.getTime()) / 1_000);
  return (
    <span className={`fresh${stale ? ' fresh-stale' : ''}${refreshing ? ' fresh-busy' : ''}`}>
      <span className="fresh-dot" aria-hidden="true" />
      {refreshing ? 'Checking…' : `Read from the chain ${formatAge(seconds)} ago`}
    </span>
  );
}
