import { collectDefaultMetrics, Registry } from 'prom-client';
import { type ReadMetric, registerRead } from './read.metric.js';

/** Gauges that call themselves totals. What they count stands by kind in metrics of the same name without `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** What /metrics answers: the process's own figures and the given ones. */
export class Exposition {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly registry = new Registry();

  constructor(metrics: readonly ReadMetric[]) {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    for (const metric of metrics) registerRead(this.registry, metric);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
