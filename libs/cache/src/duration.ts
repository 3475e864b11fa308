import { CacheError } from './errors.js';

/** A duration as people write it: `'250ms'`, `'30s'`, `'5m'`, `'1h'`, `'7d'`; a number means milliseconds. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}` | number;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a duration.
 * @throws CacheError `INVALID_OPTION` when the text is not a number with one of the units ms, s, m, h, d, or is negative.
 */
export function durationMs(duration: Duration): number {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return duration;
  } else {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
    if (match) return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  }
  throw new CacheError(
    'INVALID_OPTION',
    `"${String(duration)}" is not a duration: write a number with a unit, like '250ms', '30s', '5m' or '1h'`,
  );
}
