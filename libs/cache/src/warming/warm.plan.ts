import type { CatalogEntry } from '../catalog.js';
import type { Loader } from '../load/loader-call.js';

export type WarmTrigger =
  | { readonly kind: 'start' }
  | { readonly kind: 'interval'; readonly everyMs: number }
  | { readonly kind: 'event'; readonly eventName: string };

/** What to warm, when, and how to load it: everything a warmer needs to know. */
export interface WarmPlan {
  readonly entry: CatalogEntry<unknown>;
  readonly trigger: WarmTrigger;
  /** Who wants it, for logs. */
  readonly source: string;
  /** The keys to warm; `event` is what was emitted, where an event is the trigger. */
  params(event?: unknown): Promise<readonly unknown[]>;
  loaderOf(params: unknown): Loader<unknown>;
}
