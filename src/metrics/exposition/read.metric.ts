import type { Metric, Registry } from 'prom-client';

/** One line of an exposition. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Behind the metric's name, as `_bucket` of a histogram. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

export interface ReadMetric {
  /** In base units, with `_total` behind what only grows. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Read anew for each scrape. Nothing to say: no sample. */
  readonly read: () => readonly Sample[] | Promise<readonly Sample[]>;
}

/**
 * Registers a metric whose samples are read when they are asked for, from where they are counted anyway. prom-client's
 * own counters would count a second time, and its histogram cannot take samples that stand for several.
 */
export function registerRead(registry: Registry, { name, help, type, read }: ReadMetric): void {
  const metric = {
    name,
    help,
    type,
    aggregator: 'sum',
    get: async () => ({
      name,
      help,
      type,
      aggregator: 'sum',
      values: (await read()).map(({ labels = {}, value, suffix }) => ({
        labels,
        value,
        metricName: name + (suffix ?? ''),
      })),
    }),
  };
  registry.registerMetric(metric as unknown as Metric);
}
