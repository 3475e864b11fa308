import type { AlertName } from './alert.rules.js';

/** An alert began to fire, or is over. */
export class AlertChanged {
  /** The name under which it is emitted. */
  static readonly event = 'cache.alert-changed';

  constructor(
    readonly alert: AlertName,
    readonly state: 'firing' | 'resolved',
    /** What was found; null: nothing can be said any more. */
    readonly value: number | null,
    readonly threshold: number,
    readonly summary: string,
    /** ISO 8601. */
    readonly at: string,
    /** Which instance found it. */
    readonly instance: string,
  ) {}
}
