import { useMemo } from 'react';
import type { HistoryPoint } from '../api/stats.types.js';
import { LineChart } from '../charts/line.chart.js';
import { latency, percent, perSecond, shortLatency } from '../figure.format.js';
import { HIT_RATE_TARGET } from './hit-rate.panel.js';

/** The last half hour, each point the minute before it. */
export function HistoryCharts({ points }: { points: readonly HistoryPoint[] }): React.JSX.Element {
  const series = useMemo(() => {
    const of = <T,>(read: (point: HistoryPoint) => T): T[] => points.map(read);
    return {
      times: of(({ at }) => at),
      hitRate: [{ label: 'Hit rate', colour: '--l1', values: of(({ hitRate }) => hitRate), filled: true }],
      latency: [
        { label: 'p99', colour: '--stale', values: of(({ p99Ms }) => p99Ms) },
        { label: 'mean', colour: '--l2', values: of(({ avgMs }) => avgMs) },
      ],
      reads: [
        { label: 'hits', colour: '--l1', values: of(({ hitsPerSecond }) => hitsPerSecond), filled: true },
        { label: 'misses', colour: '--miss', values: of(({ missesPerSecond }) => missesPerSecond) },
      ],
    };
  }, [points]);
  const last = points.at(-1);
  return (
    <section className="charts" aria-label="Over time">
      <LineChart
        title="Hit rate"
        summary={`Now ${percent(last?.hitRate)}`}
        times={series.times}
        lines={series.hitRate}
        format={(value) => `${Math.round(value * 10) / 10}%`}
        range={[0, 100]}
        mark={{ value: HIT_RATE_TARGET, label: `target ${HIT_RATE_TARGET}%` }}
      />
      <LineChart
        title="Response time"
        summary={`Now ${latency(last?.avgMs)} on average, 99% below ${latency(last?.p99Ms)}`}
        times={series.times}
        lines={series.latency}
        format={latency}
        axisFormat={shortLatency}
      />
      <LineChart
        title="Reads a second"
        summary={`Now ${perSecond(last?.hitsPerSecond ?? 0)} hits and ${perSecond(last?.missesPerSecond ?? 0)} misses`}
        times={series.times}
        lines={series.reads}
        format={perSecond}
      />
    </section>
  );
}
