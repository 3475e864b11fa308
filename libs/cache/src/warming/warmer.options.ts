import type { Clock } from '../clock.js';
import type { CallBudgetOptions } from './call.budget.js';
import type { WarmFleet } from './warm-fleet.port.js';
import type { RoundTimer } from './warm.rounds.js';

export interface CacheWarmerOptions extends Partial<CallBudgetOptions> {
  /** What all processes agree on: `redisTier(…).warmFleet`. Default: this process is alone. */
  readonly fleet?: WarmFleet;
  readonly clock?: Clock;
  /** Where rounds are scheduled. Default: the clock. */
  readonly timer?: RoundTimer;
  /** How long a leader that is silent stays one, ms: 300 to 600 000. Default 10 s; another takes over within it and 1 s. */
  readonly leaseMs?: number;
  /** How long `isStarted` waits for what is warmed at start, ms. Default 5 s. */
  readonly startBoundMs?: number;
  /** Keys whose use is followed, to find the hot ones; each costs about 400 bytes. Default 10 000. */
  readonly maxHotKeys?: number;
  /** Told of each failed load and each list of keys that could not be had. It must not throw. */
  readonly onFailure?: (entry: string, error: unknown) => void;
}

/** The defaults, in one place. */
export const WARMER_DEFAULTS = {
  leaseMs: 10_000,
  startBoundMs: 5_000,
  maxHotKeys: 10_000,
  callsPerMinute: 600,
  warmCallsPerMinute: 60,
} as const;
