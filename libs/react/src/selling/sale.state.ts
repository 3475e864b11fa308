import type { SaleError } from './sale.error.js';
import type { TradeSummary } from './trade.summary.js';

export type SaleStepName = 'quote' | 'wallet' | 'confirm' | 'refresh';
export type SaleStepState = 'waiting' | 'active' | 'done' | 'failed';

export interface SaleStep {
  readonly name: SaleStepName;
  readonly state: SaleStepState;
}

/** How the invalidation after the receipt fares. `failed`: balances may look old for some minutes. */
export interface SaleInvalidation {
  readonly status: 'none' | 'running' | 'done' | 'failed';
  readonly attempts: number;
  readonly error?: string;
}

/** One wallet's sale, as far as it has come. Immutable. */
export interface SaleState {
  readonly processing: boolean;
  readonly steps: readonly SaleStep[];
  readonly error: SaleError | null;
  /** The API was asked for too much and is asked again then: wall clock, ms. */
  readonly waitingUntil: number | null;
  readonly summary: TradeSummary | null;
  readonly invalidation: SaleInvalidation;
  /** It began in an earlier visit. */
  readonly resumed: boolean;
  /** The chain took back the block that the receipt named. */
  readonly reorged: boolean;
}

const STEPS: readonly SaleStepName[] = ['quote', 'wallet', 'confirm', 'refresh'];

export const IDLE_SALE: SaleState = {
  processing: false,
  steps: STEPS.map((name) => ({ name, state: 'waiting' })),
  error: null,
  waitingUntil: null,
  summary: null,
  invalidation: { status: 'none', attempts: 0 },
  resumed: false,
  reorged: false,
};

/** The steps when this one is under way: those before it are done. */
export function stepsAt(active: SaleStepName): readonly SaleStep[] {
  const index = STEPS.indexOf(active);
  return STEPS.map((name, at) => ({ name, state: at < index ? 'done' : at === index ? 'active' : 'waiting' }));
}

/** The step that was under way, ended. */
export function stepsEnded(steps: readonly SaleStep[], state: 'done' | 'failed'): readonly SaleStep[] {
  return steps.map((step) => (step.state === 'active' ? { ...step, state } : step));
}
