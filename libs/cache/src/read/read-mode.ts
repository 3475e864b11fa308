/**
 * - `normal`: L1, then L2, then the loader;
 * - `L2`: L1 is skipped, so the answer is at least as new as the newest acknowledged invalidation;
 * - `fresh`: the loader runs in any case and its value replaces what was cached.
 */
export type ReadMode = 'normal' | 'L2' | 'fresh';

/** What a key is warmed for: because it may be cold, or because what is there is about to expire. */
export type WarmIntent = 'missing' | 'refresh';
