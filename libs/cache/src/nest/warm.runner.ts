import type { WarmPlan } from '../index.js';

/** Token of the `WarmRunner` in use. */
export const WARM_RUNNER = Symbol('chaincache:warm-runner');

/**
 * Decides how the plans of `@Warm` are carried out. Another one takes the place of the default through
 * `CacheModule.forRoot({ warmRunner: MyRunner })`; it is a provider and may inject.
 */
export interface WarmRunner {
  /** All plans, once, when every module has started. Must not wait for loads: the application is about to listen. */
  start(plans: readonly WarmPlan[]): void;
  /** An event was emitted that these plans name, and what it invalidates is invalid. Must not throw. */
  trigger(plans: readonly WarmPlan[], event: unknown): void;
  /** No load begins after the call; resolves once those under way have ended. */
  stop(): Promise<void>;
}
