import { randomUUID } from 'node:crypto';
import type { AlertChanged } from './alert-changed.event.js';
import type { AlertName } from './alert.rules.js';

export type AlertState = AlertChanged['state'];

/** Something that the webhook has not heard, and that is this instance's to tell. */
export interface AlertClaim {
  readonly alert: AlertName;
  readonly state: AlertState;
  /** Names the delivery, whoever tries it and however often. */
  readonly delivery: string;
}

/** Decides who tells the webhook what. */
export interface AlertClaims {
  /**
   * @param raised the alerts that fire on this instance now
   * @returns what is this instance's to tell
   */
  look(raised: readonly AlertName[]): Promise<readonly AlertClaim[]>;
  /** The delivery has ended. @param taken whether the receiver has it */
  settle(claim: AlertClaim, taken: boolean): Promise<void>;
}

/** An instance by itself: it tells what it sees, each state once. */
export class OwnAlertClaims implements AlertClaims {
  private readonly told = new Map<AlertName, AlertState>();
  /** What was not taken so far keeps its name. */
  private readonly open = new Map<AlertName, AlertClaim>();

  constructor(private readonly alerts: readonly AlertName[]) {}

  look(raised: readonly AlertName[]): Promise<readonly AlertClaim[]> {
    const claims = this.alerts
      .map((alert) => ({ alert, state: raised.includes(alert) ? ('firing' as const) : ('resolved' as const) }))
      .filter(({ alert, state }) => state !== (this.told.get(alert) ?? 'resolved'))
      .map(({ alert, state }) => this.claimOf(alert, state));
    return Promise.resolve(claims);
  }

  settle({ alert, state }: AlertClaim, taken: boolean): Promise<void> {
    if (taken) this.heard(alert, state);
    return Promise.resolve();
  }

  /** The webhook was told, by whomever. */
  heard(alert: AlertName, state: AlertState): void {
    this.told.set(alert, state);
    this.open.delete(alert);
  }

  private claimOf(alert: AlertName, state: AlertState): AlertClaim {
    const known = this.open.get(alert);
    const claim = known?.state === state ? known : { alert, state, delivery: randomUUID() };
    this.open.set(alert, claim);
    return claim;
  }
}
