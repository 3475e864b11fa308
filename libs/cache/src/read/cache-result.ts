import type { EntryRef } from '../catalog.js';
import type { Tier } from '../events.js';
import type { Answer } from './flight.js';

/** A value and where it came from. Values are deep-frozen: copy before changing. */
export interface CacheResult<V> {
  readonly value: V;
  readonly tier: Tier;
  readonly ageMs: number;
  readonly freshForMs: number;
  readonly key: string;
}

/** What a caller gets of an answer. */
export type Form<V, T> = (ref: EntryRef<V>, answer: Answer) => T;

export function toValue<V>(_ref: EntryRef<V>, answer: Answer): V {
  return answer.value as V;
}

export function toResult<V>(ref: EntryRef<V>, answer: Answer): CacheResult<V> {
  return {
    value: answer.value as V,
    tier: answer.tier,
    ageMs: answer.ageMs,
    freshForMs: answer.freshForMs,
    key: ref.key,
  };
}
