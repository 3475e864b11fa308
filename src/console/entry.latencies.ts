import { type CacheMetrics, LatencyHistogram } from '@chaincache/cache';

/** The 99th percentile of each entry's answers by this instance since its start, ms; null where none was timed. */
export function entryP99Ms(metrics: Pick<CacheMetrics, 'counters'>): Readonly<Record<string, number | null>> {
  const quantiles = [...metrics.counters()].map(([entry, { answerTimes }]): [string, number | null] => {
    const all = new LatencyHistogram();
    for (const times of answerTimes) if (times !== undefined) all.addPairs(times.toPairs(), times.sumMs);
    return [entry, all.quantile(0.99)];
  });
  return Object.fromEntries(quantiles);
}
