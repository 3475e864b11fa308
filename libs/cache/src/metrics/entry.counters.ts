import type { Tier } from '../events.js';
import { ENTRY_FIELDS, FIELD, TIERS } from './counter.fields.js';
import { LatencyHistogram } from './latency.histogram.js';
import type { EntrySlice } from './metrics.slice.js';
import { NO_LATENCY } from './slice.latency.js';

/** What was counted of one entry since the start. */
export class EntryCounters {
  /** In the order of FIELD. */
  readonly values = new Float64Array(ENTRY_FIELDS);
  /** By tier, in the order of TIERS; made when first needed, for most entries never see most tiers. */
  readonly answerTimes: (LatencyHistogram | undefined)[] = TIERS.map(() => undefined);
  readonly loadTimes = new LatencyHistogram();

  add(field: number, amount = 1): void {
    this.values[field]! += amount;
  }

  answered(tier: Tier, durationMs: number, weight: number): void {
    this.add(FIELD.timedMs[tier], durationMs * weight);
    this.add(FIELD.timedWeight[tier], weight);
    (this.answerTimes[TIERS.indexOf(tier)] ??= new LatencyHistogram()).record(durationMs, weight);
  }

  loaded(durationMs: number): void {
    this.add(FIELD.single.loads);
    this.add(FIELD.single.loadMs, durationMs);
    this.loadTimes.record(durationMs);
  }

  /** All of it so far. A histogram that did not change is shared with the slice before. */
  slice(before: EntrySlice | undefined): EntrySlice {
    const latency = this.answerTimes.map((histogram, tier) => {
      const known = before?.latency[tier];
      if (histogram === undefined) return NO_LATENCY;
      if (known !== undefined && known.weight === histogram.weight) return known;
      return { sumMs: histogram.sumMs, weight: histogram.weight, pairs: histogram.toPairs() };
    });
    return { counters: this.values.slice(), latency };
  }
}
