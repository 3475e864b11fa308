import type { MetricsSlice } from './metrics.slice.js';

/** A window over the recent past. */
export interface MetricsWindow {
  readonly name: '1m' | '5m' | '1h';
  readonly lengthMs: number;
}

export const WINDOWS: readonly MetricsWindow[] = [
  { name: '1m', lengthMs: 60_000 },
  { name: '5m', lengthMs: 300_000 },
  { name: '1h', lengthMs: 3_600_000 },
];

export const SHORT_STEP_MS = 5_000;
const LONG_STEP_MS = 60_000;
const SHORT_STEPS = 61;
const LONG_STEPS = 61;

interface Mark {
  readonly atMs: number;
  readonly slice: MetricsSlice;
}

/**
 * What had been counted at moments past: every 5 s for 5 minutes, every minute for an hour. A window is the difference
 * between now and then, so counting itself needs no clock. Holds at most 122 marks, and one for the beginning.
 */
export class SliceRing {
  private readonly short: Mark[] = [];
  private readonly long: Mark[] = [];

  constructor(private readonly first: Mark) {}

  /** Called every 5 s. A timer that came late leaves a gap, nothing else. */
  add(atMs: number, slice: MetricsSlice): void {
    const mark = { atMs, slice };
    this.short.push(mark);
    if (this.short.length > SHORT_STEPS) this.short.shift();
    if (atMs - (this.long.at(-1) ?? this.first).atMs < LONG_STEP_MS) return;
    this.long.push(mark);
    if (this.long.length > LONG_STEPS) this.long.shift();
  }

  /** The newest mark at least so old; the beginning when there is none. Up to a step older than asked for. */
  before(nowMs: number, lengthMs: number): MetricsSlice {
    const latest = nowMs - lengthMs;
    const isOldEnough = ({ atMs }: Mark): boolean => atMs <= latest;
    const mark = this.short.findLast(isOldEnough) ?? this.long.findLast(isOldEnough) ?? this.first;
    return mark.slice;
  }
}
