import type { HistoryRecord } from './history.record.js';

/** Violations by invariant, numbered as in the protocol. */
export interface Verdict {
  readonly violations: {
    readonly l2: number;
    readonly l1: number;
    readonly told: number;
    readonly rest: number;
    readonly foreign: number;
  };
  readonly reads: { readonly L1: number; readonly L2: number; readonly MISS: number; readonly STALE: number };
  readonly failedReads: number;
  readonly invalidations: { readonly applied: number; readonly queued: number };
  /** How far behind the newest acknowledged version the answers were, ms; 0 for those that were not. */
  readonly stalenessMs: { readonly p50: number; readonly p99: number; readonly worst: number };
  readonly examples: readonly string[];
}

export interface CheckerOptions {
  readonly stalenessMs: number;
  /** Of each wallet, when each version was committed; index 0 is version 1. Nothing else may ever be read. */
  readonly newestCommitted: (wallet: number) => number;
}

const EXAMPLES = 10;

/** For one wallet: the newest version acknowledged up to a time. */
class Acknowledged {
  private readonly atMs: number[] = [];
  private readonly newest: number[] = [];

  constructor(records: readonly HistoryRecord[]) {
    let highest = 0;
    for (const { endedMs, version } of [...records].sort((one, other) => one.endedMs - other.endedMs)) {
      highest = Math.max(highest, version);
      this.atMs.push(endedMs);
      this.newest.push(highest);
    }
  }

  upTo(timeMs: number): number {
    const index = firstAbove(this.atMs, timeMs);
    return index === 0 ? 0 : this.newest[index - 1]!;
  }

  /** When something newer than this version was first acknowledged. */
  supersededAt(version: number): number {
    const index = firstAbove(this.newest, version);
    return index === this.newest.length ? Infinity : this.atMs[index]!;
  }
}

/**
 * Holds the whole history against invariants 1, 2, 3 and 5:
 * an L2 answer is at least as new as what was acknowledged before it was asked for; an L1 answer too, less S; and
 * after a process was told, or noticed that it may have missed something, it serves nothing older from L1.
 */
export function checkHistory(records: readonly HistoryRecord[], options: CheckerOptions): Verdict {
  const acknowledged = groupBy(
    records.filter((record) => record.kind === 'acknowledged'),
    (record) => record.wallet,
  );
  const newest = new Map([...acknowledged].map(([wallet, group]) => [wallet, new Acknowledged(group)]));
  const told = new Map(
    [
      ...groupBy(
        records.filter((record) => record.kind === 'told'),
        placeOf,
      ),
    ].map(([place, group]) => [place, new Acknowledged(group)]),
  );
  const gaps = groupBy(
    records.filter((record) => record.kind === 'gap'),
    (record) => record.process,
  );
  const gapTimes = new Map(
    [...gaps].map(([process, group]) => [process, group.map((gap) => gap.endedMs).sort((one, other) => one - other)]),
  );

  const reads = { L1: 0, L2: 0, MISS: 0, STALE: 0 };
  const violations = { l2: 0, l1: 0, told: 0, rest: 0, foreign: 0 };
  const staleness: number[] = [];
  const examples: string[] = [];
  const violate = (invariant: keyof typeof violations, record: HistoryRecord, atLeast: number): void => {
    violations[invariant] += 1;
    if (examples.length < EXAMPLES)
      examples.push(
        `${invariant}: ${record.kind} in process ${record.process} gave wallet ${record.wallet} version ${record.version}, ${atLeast} was due; began ${record.beganMs.toFixed(3)}`,
      );
  };

  for (const record of records) {
    const { kind, wallet, version, beganMs } = record;
    if (kind !== 'L1' && kind !== 'L2' && kind !== 'MISS' && kind !== 'STALE') continue;
    reads[kind] += 1;
    const acknowledgements = newest.get(wallet);
    if (version < 0 || version > options.newestCommitted(wallet))
      violate('foreign', record, options.newestCommitted(wallet));
    if (acknowledgements === undefined) continue;
    const supersededAt = acknowledgements.supersededAt(version);
    staleness.push(Math.max(0, beganMs - supersededAt));
    if (kind !== 'L1') {
      if (supersededAt < beganMs) violate('l2', record, acknowledgements.upTo(beganMs));
      continue;
    }
    const due = acknowledgements.upTo(beganMs - options.stalenessMs);
    if (version < due) violate('l1', record, due);
    const heard = told.get(placeOf(record))?.upTo(beganMs) ?? 0;
    const lastGap = lastUpTo(gapTimes.get(record.process) ?? [], beganMs);
    const afterGap = lastGap === null ? 0 : acknowledgements.upTo(lastGap);
    if (version < Math.max(heard, afterGap)) violate('told', record, Math.max(heard, afterGap));
  }
  staleness.sort((one, other) => one - other);
  return {
    violations,
    reads,
    failedReads: records.filter((record) => record.kind === 'failed').length,
    invalidations: {
      applied: records.filter((record) => record.kind === 'acknowledged').length,
      queued: records.filter((record) => record.kind === 'queued').length,
    },
    stalenessMs: { p50: quantile(staleness, 0.5), p99: quantile(staleness, 0.99), worst: quantile(staleness, 1) },
    examples,
  };
}

function placeOf(record: HistoryRecord): string {
  return `${record.process}/${record.wallet}`;
}

function quantile(sorted: readonly number[], share: number): number {
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(3));
}

function lastUpTo(sorted: readonly number[], limit: number): number | null {
  const index = firstAbove(sorted, limit);
  return index === 0 ? null : sorted[index - 1]!;
}

/** The first index whose number is above the limit, in ascending numbers. */
function firstAbove(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
