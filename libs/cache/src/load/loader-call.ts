import type { EntryRef } from '../catalog.js';
import type { Clock } from '../clock.js';
import { CacheError } from '../errors.js';
import type { Flight } from '../read/flight.js';

/** What a loader is told, and what it may tell of the value it returns. */
export interface LoadContext {
  /** The full key; for a bulk load the first of them. */
  readonly key: string;
  /** Aborted when the load's hard timeout is over: pass it on to fetch and the like. */
  readonly signal: AbortSignal;
  /** The oldest block that the value may have been read at and still be kept for long; null when nobody demanded one. */
  readonly minHeight: number | null;
  /** Tells the block height the value was read at. */
  atHeight(height: number): void;
  /** Gives this one value another fresh life, ms. */
  freshFor(durationMs: number): void;
}

/** Reads one value from its source; `undefined` says that there is no such record. */
export type Loader<V> = (context: LoadContext) => Promise<V | undefined> | V | undefined;

/** Reads many values in one go, in the order of the refs. */
export type BulkLoader<V> = (
  missing: readonly EntryRef<V>[],
  context: LoadContext,
) => Promise<readonly (V | undefined)[]> | readonly (V | undefined)[];

/** What a load brought: the values in the order of the flights, and what the loader told of them. */
export interface Loaded {
  readonly values: readonly unknown[];
  readonly height: number | null;
  readonly freshMs: number | null;
  readonly durationMs: number;
}

/**
 * Runs a loader once, within its hard timeout.
 * @throws CacheError `LOAD_TIMEOUT`, or `NOT_JSON` when a bulk loader does not return one value a key; else the loader's own error, unchanged.
 */
export async function callLoader(
  clock: Clock,
  flights: readonly Flight[],
  load: BulkLoader<unknown>,
  minHeight: number | null,
): Promise<Loaded> {
  const first = flights[0]!;
  const { hardTimeoutMs } = first.policy;
  const abort = new AbortController();
  const notes: { height: number | null; freshMs: number | null } = { height: null, freshMs: null };
  const context: LoadContext = {
    key: first.ref.key,
    signal: abort.signal,
    minHeight,
    atHeight: (height) => {
      notes.height = height;
    },
    freshFor: (durationMs) => {
      notes.freshMs = durationMs;
    },
  };
  const startedAt = clock.now();
  let cancel = (): void => {};
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = clock.setTimer(() => {
      const error = new CacheError(
        'LOAD_TIMEOUT',
        `the loader of "${first.ref.entry.name}" took longer than ${hardTimeoutMs} ms`,
        {
          entry: first.ref.entry.name,
        },
      );
      abort.abort(error);
      reject(error);
    }, hardTimeoutMs);
  });
  try {
    const refs = flights.map((flight) => flight.ref);
    // In a microtask, so that a loader that throws at once rejects like any other.
    const values = await Promise.race([Promise.resolve().then(() => load(refs, context)), timeout]);
    if (!Array.isArray(values) || values.length !== flights.length) {
      throw new CacheError(
        'NOT_JSON',
        `the bulk loader of "${first.ref.entry.name}" must return an array of ${flights.length} values, one for each key in order`,
        {
          entry: first.ref.entry.name,
        },
      );
    }
    return { values, height: notes.height, freshMs: notes.freshMs, durationMs: clock.now() - startedAt };
  } finally {
    cancel();
  }
}

/** A single loader as a bulk one. */
export function bulkOf(loader: Loader<unknown>): BulkLoader<unknown> {
  return async (_missing, context) => [await loader(context)];
}

/** A bulk loader as one of a single key. */
export function singleOf<V>(load: BulkLoader<V>, ref: EntryRef<V>): Loader<V> {
  return async (context) => (await load([ref], context))[0];
}
