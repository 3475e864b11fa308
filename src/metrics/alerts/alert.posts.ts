import { AlertChanged } from './alert-changed.event.js';
import type { AlertClaim, AlertClaims, AlertState } from './alert.claims.js';
import type { AlertStatus } from './alert.monitor.js';
import type { AlertName } from './alert.rules.js';
import type { AlertWebhook } from './alert.webhook.js';

/** Why a delivery was given up; it is tried again with the next look. */
export type OnLost = (event: AlertChanged, reason: string) => void;

/**
 * Tells the webhook how alerts stand. Of each alert one delivery is under way; what changes meanwhile is told after it.
 * Nothing waits for it: a receiver that hangs delays its own news and no look.
 */
export class AlertPosts {
  private readonly delivering = new Set<AlertName>();
  private looking = false;
  private stopped = false;
  /** As of the last look: what a delivery still under way may be overtaken by. */
  private statuses: readonly AlertStatus[] = [];

  constructor(
    private readonly claims: AlertClaims,
    private readonly webhook: AlertWebhook,
    private readonly instance: string,
    private readonly onLost: OnLost,
  ) {}

  /** Called after each look at the alerts. Never rejects. */
  async look(statuses: readonly AlertStatus[]): Promise<void> {
    this.statuses = statuses;
    // A database that takes its time is not asked a second time meanwhile.
    if (this.looking || this.stopped) return;
    this.looking = true;
    const raised = statuses.filter(({ state }) => state === 'firing').map(({ alert }) => alert);
    const claims = await this.claims.look(raised);
    this.looking = false;
    for (const claim of claims) void this.deliver(claim);
  }

  /** Gives up what is under way. */
  stop(): void {
    this.stopped = true;
    this.webhook.stop();
  }

  private async deliver(claim: AlertClaim): Promise<void> {
    const { alert, state, delivery } = claim;
    if (this.stopped || this.delivering.has(alert)) return;
    this.delivering.add(alert);
    const event = this.eventOf(claim);
    const isOld = (): boolean => !this.isSo(alert, state);
    const failure = await this.webhook.deliver(event, delivery, isOld);
    await this.claims.settle(claim, failure === null);
    this.delivering.delete(alert);
    if (failure !== null && !this.stopped) this.onLost(event, failure);
  }

  private isSo(alert: AlertName, state: AlertState): boolean {
    return (this.statusOf(alert)?.state === 'firing') === (state === 'firing');
  }

  private statusOf(alert: AlertName): AlertStatus | undefined {
    return this.statuses.find((status) => status.alert === alert);
  }

  private eventOf({ alert, state }: AlertClaim): AlertChanged {
    const { value, threshold, summary, since } = this.statusOf(alert)!;
    const at = since ?? new Date().toISOString();
    return new AlertChanged(alert, state, value, threshold, summary, at, this.instance);
  }
}
