/** What one read of a wallet told: whether it differs from the read before, and how long ago that was. */
export interface Observation {
  readonly elapsedMs: number;
  readonly changed: boolean;
  /** When it was made, on the same clock as all others. */
  readonly atMs: number;
}

export const SHORTEST_FRESH_MS = 60_000;
export const LONGEST_FRESH_MS = 900_000;
/** The life of a wallet of which nothing is known. */
export const USUAL_FRESH_MS = 300_000;
/** What is believed of a wallet before anything is known of it: one change in this time. */
const USUAL_INTERVAL_MS = 1_200_000;
/** An observation weighs half with each of these: wallets wake up and fall asleep. */
const HALF_LIFE_MS = 7_200_000;
/** Observations that are kept; those without a change that follow each other are one. */
const MAX_OBSERVATIONS = 16;
const BISECTIONS = 40;

/**
 * How often a wallet changes, per ms, from reads that tell only whether it did at least once since the read before. The
 * estimator for irregular reads of Cho and Garcia-Molina (Estimating Frequency of Change, ACM TOIT 3(3), 2003, section
 * 5): the λ for which
 *
 *     Σ over reads with a change  τ / (e^(λτ) − 1)  =  Σ over reads without  τ
 *
 * Theirs is 0 before the first change and unbounded when every read had one; a gamma prior that stands for one change in
 * 20 min (the terms 1/λ and +20 min below) mends both, as their bias correction does where reads are regular.
 */
export function changeRate(observations: readonly Observation[], nowMs: number): number {
  const weighed = observations.map(({ atMs, elapsedMs, changed }) => ({
    weight: 2 ** ((atMs - nowMs) / HALF_LIFE_MS),
    elapsedMs,
    changed,
  }));
  const quietMs = weighed.reduce(
    (sum, one) => (one.changed ? sum : sum + one.weight * one.elapsedMs),
    USUAL_INTERVAL_MS,
  );
  const changes = weighed.filter(({ changed }) => changed);
  /** Falls as the rate grows, and is 0 at the most likely one. */
  const slope = (rate: number): number =>
    changes.reduce(
      (sum, { weight, elapsedMs }) => sum + (weight * elapsedMs) / Math.expm1(rate * elapsedMs),
      1 / rate - quietMs,
    );
  let low = Math.log(1 / (USUAL_INTERVAL_MS * 1_000));
  let high = Math.log(1);
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/**
 * The life that spends calls where they prevent most staleness. A value that lives for T is stale for about λT/2 of it and
 * costs 1/T calls, so the same price of a call everywhere gives T ∝ 1/√λ (for lives that are short against 1/λ it is the
 * optimal freshness policy of Cho and Garcia-Molina, Effective Page Refresh Policies for Web Crawlers, ACM TODS 28(4),
 * 2003). 60 to 900 s, and 300 s for one change in 20 min.
 */
export function freshMsOf(rate: number): number {
  const freshMs = USUAL_FRESH_MS / Math.sqrt(rate * USUAL_INTERVAL_MS);
  return Math.min(LONGEST_FRESH_MS, Math.max(SHORTEST_FRESH_MS, freshMs));
}

/** The observations with one more, in bounded memory. */
export function withObservation(before: readonly Observation[], next: Observation): readonly Observation[] {
  const last = before.at(-1);
  if (last !== undefined && !last.changed && !next.changed) {
    // Without a change only the sum counts; the weight of the whole is that of its middle.
    const elapsedMs = last.elapsedMs + next.elapsedMs;
    const atMs = (last.atMs * last.elapsedMs + next.atMs * next.elapsedMs) / elapsedMs;
    return [...before.slice(0, -1), { changed: false, elapsedMs, atMs }];
  }
  return [...before, next].slice(-MAX_OBSERVATIONS);
}
