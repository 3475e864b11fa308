import type { Database } from '../../database/database.js';
import { type AlertClaim, type AlertClaims, type AlertState, OwnAlertClaims } from './alert.claims.js';
import type { AlertName } from './alert.rules.js';

const LOOK = 'SELECT * FROM chaincache.claim_alerts($1, $2, $3)';
const SETTLE = `
  UPDATE chaincache.alert_deliveries SET
    told = CASE WHEN $4 THEN $3 ELSE told END, delivery = CASE WHEN $4 THEN NULL ELSE delivery END, claimed_until = NULL
  WHERE alert = $1 AND (delivery = $2 OR (delivery IS NULL AND $4))`;

interface LookRow {
  readonly alert_name: AlertName;
  readonly alert_state: AlertState;
  readonly told_state: AlertState;
  readonly claimed: string | null;
}

/**
 * All instances that share a database tell as one: that an alert fires when the first of them raises it, that it is over
 * when the last of them does not any more. PostgreSQL keeps the book because it still does while Redis is lost, which is
 * one of the alerts. While it cannot be asked each instance tells by itself what it has not heard to be told.
 */
export class FleetAlertClaims implements AlertClaims {
  private readonly alone: OwnAlertClaims;
  private readonly lookRows: (...values: readonly unknown[]) => Promise<LookRow[]>;
  private readonly settleRow: (...values: readonly unknown[]) => Promise<unknown>;

  constructor(
    database: Database,
    private readonly instance: string,
    private readonly alerts: readonly AlertName[],
  ) {
    this.alone = new OwnAlertClaims(alerts);
    this.lookRows = database.prepared('claim_alerts', LOOK);
    this.settleRow = database.prepared('settle_alert', SETTLE);
  }

  async look(raised: readonly AlertName[]): Promise<readonly AlertClaim[]> {
    try {
      const rows = await this.lookRows(this.alerts, this.instance, raised);
      for (const { alert_name: alert, told_state: told } of rows) this.alone.heard(alert, told);
      return rows.flatMap(({ alert_name: alert, alert_state: state, claimed }) =>
        claimed === null ? [] : [{ alert, state, delivery: claimed }],
      );
    } catch {
      return this.alone.look(raised);
    }
  }

  async settle(claim: AlertClaim, taken: boolean): Promise<void> {
    await this.alone.settle(claim, taken);
    const { alert, delivery, state } = claim;
    // What cannot be noted is claimed again later, under its name: a receiver that remembers names acts once.
    await this.settleRow(alert, delivery, state, taken).catch(() => undefined);
  }
}
