import type { CancelTimer, Clock } from '@chaincache/cache';
import { AlertChanged } from './alert-changed.event.js';
import { ALERT_RULES, type AlertFacts, type AlertName, type AlertRule } from './alert.rules.js';

export const EVALUATE_EVERY_MS = 10_000;

/** How an alert stands. */
export interface AlertStatus {
  readonly alert: AlertName;
  readonly state: 'ok' | 'firing';
  readonly value: number | null;
  readonly threshold: number;
  readonly unit: AlertRule['unit'];
  readonly summary: string;
  /** Since when, ISO 8601; null before it ever changed. */
  readonly since: string | null;
}

interface Standing {
  firing: boolean;
  badLooks: number;
  value: number | null;
  since: string | null;
}

/**
 * Looks every 10 s whether something is wrong. An alert fires once its value was bad for as many looks as its rule says
 * and is over when the value has come back some way beyond its threshold, so that a value that sways around it is one
 * alert and not many. Time between looks is monotonic; a wall clock that is set back changes what is printed only.
 */
export class AlertMonitor {
  private readonly standings = new Map<AlertName, Standing>();
  private cancel: CancelTimer | undefined;
  private stopped = false;

  constructor(
    private readonly facts: () => Promise<AlertFacts>,
    private readonly changed: (event: AlertChanged) => void,
    private readonly clock: Clock,
    private readonly instance: string,
    /** Told how all alerts stand after each look. */
    private readonly looked: (statuses: readonly AlertStatus[]) => void = () => undefined,
    private readonly rules: readonly AlertRule[] = ALERT_RULES,
  ) {
    for (const { name } of rules) this.standings.set(name, { firing: false, badLooks: 0, value: null, since: null });
  }

  start(): void {
    if (this.stopped) return;
    this.cancel = this.clock.setTimer(() => void this.look().finally(() => this.start()), EVALUATE_EVERY_MS);
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }

  statuses(): AlertStatus[] {
    return this.rules.map(({ name, threshold, unit, summary }) => {
      const { firing, value, since } = this.standings.get(name)!;
      return { alert: name, state: firing ? 'firing' : 'ok', value, threshold, unit, summary, since };
    });
  }

  /** Which alerts fire, by name. */
  firing(): ReadonlyMap<string, boolean> {
    return new Map([...this.standings].map(([name, { firing }]) => [name, firing]));
  }

  /** One look. Facts that cannot be had leave everything as it is. */
  async look(): Promise<void> {
    const facts = await this.facts().catch(() => null);
    if (facts === null || this.stopped) return;
    for (const rule of this.rules) this.judge(rule, this.standings.get(rule.name)!, rule.value(facts));
    this.looked(this.statuses());
  }

  private judge(rule: AlertRule, standing: Standing, value: number | null): void {
    standing.value = value;
    standing.badLooks = isBeyond(rule, value, rule.threshold) ? standing.badLooks + 1 : 0;
    if (!standing.firing && standing.badLooks >= rule.looks) this.change(rule, standing, true);
    else if (standing.firing && !isBeyond(rule, value, rule.clearsAt)) this.change(rule, standing, false);
  }

  private change({ name, threshold, summary }: AlertRule, standing: Standing, firing: boolean): void {
    standing.firing = firing;
    standing.since = new Date().toISOString();
    const state = firing ? 'firing' : 'resolved';
    this.changed(new AlertChanged(name, state, standing.value, threshold, summary, standing.since, this.instance));
  }
}

function isBeyond({ bad }: AlertRule, value: number | null, bound: number): boolean {
  if (value === null) return false;
  return bad === 'above' ? value > bound : value < bound;
}
