import { ENTRY_FIELDS, PROCESS_FIELDS } from './counter.fields.js';
import type { MetricsSlice } from './metrics.slice.js';
import { sliceOfAll } from './metrics.slice.js';
import { WINDOWS, type MetricsWindow } from './slice.ring.js';
import type { TopKey } from './top-keys.sketch.js';

export interface L1Usage {
  readonly bytes: number;
  readonly entries: number;
  readonly maxBytes: number;
}

/** All that one instance knows of itself, or several of themselves: what `statsOf` reads, and what travels between instances. */
export interface MetricsSnapshot {
  readonly total: MetricsSlice;
  readonly windows: Readonly<Record<MetricsWindow['name'], MetricsSlice>>;
  readonly topHitKeys: readonly TopKey[];
  readonly topMissKeys: readonly TopKey[];
  readonly l1: L1Usage;
}

/** Instances that count other things than this one do not understand each other: raise it with each change of fields. */
const FORMAT = `2/${ENTRY_FIELDS}/${PROCESS_FIELDS}`;

/** The snapshots as one. A key that several report has the sum of its counts. */
export function snapshotOfAll(snapshots: readonly MetricsSnapshot[], topKeys: number): MetricsSnapshot {
  const windows = {} as Record<MetricsWindow['name'], MetricsSlice>;
  for (const { name } of WINDOWS) windows[name] = sliceOfAll(snapshots.map((snapshot) => snapshot.windows[name]));
  const sumOf = (part: (usage: L1Usage) => number): number => snapshots.reduce((sum, { l1 }) => sum + part(l1), 0);
  return {
    total: sliceOfAll(snapshots.map(({ total }) => total)),
    windows,
    topHitKeys: mergedKeys(snapshots.map(({ topHitKeys }) => topHitKeys)).slice(0, topKeys),
    topMissKeys: mergedKeys(snapshots.map(({ topMissKeys }) => topMissKeys)).slice(0, topKeys),
    l1: { bytes: sumOf((l1) => l1.bytes), entries: sumOf((l1) => l1.entries), maxBytes: sumOf((l1) => l1.maxBytes) },
  };
}

export function encodeSnapshot(snapshot: MetricsSnapshot): string {
  const asArray = (_name: string, value: unknown): unknown => (value instanceof Float64Array ? [...value] : value);
  return JSON.stringify({ format: FORMAT, snapshot }, asArray);
}

/** @returns null for what is not a snapshot, or one of another version */
export function decodeSnapshot(text: string): MetricsSnapshot | null {
  let parsed: { readonly format?: unknown; readonly snapshot?: MetricsSnapshot } | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    return null;
  }
  return (parsed?.format === FORMAT ? parsed.snapshot : undefined) ?? null;
}

function mergedKeys(lists: readonly (readonly TopKey[])[]): TopKey[] {
  const sums = new Map<string, TopKey>();
  for (const found of lists.flat()) {
    const known = sums.get(found.key);
    sums.set(found.key, {
      ...found,
      count: found.count + (known?.count ?? 0),
      estimated: found.estimated + (known?.estimated ?? 0),
    });
  }
  return [...sums.values()].sort((one, other) => other.count - one.count);
}
