import { isDeepStrictEqual } from 'node:util';
import type { EntryRef } from '../catalog.js';
import type { HitReader } from '../hit-reader.js';
import { sleep, type Clock } from '../clock.js';
import type { Comparison } from '../events.js';

/** What an entry promises of itself, as far as it is not "the same as the source". */
export interface ConsistencyContract {
  /** A value may differ from its source as long as it is no older than this, ms. Default: never. */
  readonly allowedAgeMs?: number;
  /** What of a value must agree; prices and times of reading may move by themselves. Default: all of it. Null: cannot be compared. */
  readonly comparable?: (value: never) => unknown;
}

/** What a comparison came to, and how old the cached value was. */
export interface Verdict {
  readonly result: Comparison;
  readonly ageMs: number;
}

/** Time for a write that was committed between two looks to invalidate: the outbox is relayed within 250 ms, an indexer lags more. */
const CONFIRM_AFTER_MS = 2_000;

/**
 * Compares what is cached with the source it came from. A write between the two reads is no error of the cache: a
 * difference counts only if the very same fill is still being served after the source was read, and again 2 s later.
 */
export class ConsistencyCheck {
  constructor(
    private readonly hits: Pick<HitReader, 'peek'>,
    private readonly clock: Clock,
    private readonly contracts: Readonly<Record<string, ConsistencyContract>> = {},
  ) {}

  /**
   * Never rejects.
   * @returns null when nothing is cached, or the values are not of a kind that can be compared
   */
  async verdict(ref: EntryRef<unknown>, readSource: () => Promise<unknown>): Promise<Verdict | null> {
    try {
      return await this.compare(ref, readSource);
    } catch {
      return { result: 'failed', ageMs: 0 };
    }
  }

  private async compare(ref: EntryRef<unknown>, readSource: () => Promise<unknown>): Promise<Verdict | null> {
    const cached = await this.hits.peek(ref);
    if (cached === null) return null;
    const source = await readSource();
    const contract: ConsistencyContract = this.contracts[ref.entry.name] ?? {};
    const [ours, theirs] = [comparable(contract, cached.value), comparable(contract, source)];
    if (ours === null || theirs === null) return null;
    const again = await this.hits.peek(ref);
    if (again?.fill !== cached.fill) return { result: 'overtaken', ageMs: cached.ageMs };
    if (isDeepStrictEqual(ours, theirs)) return { result: 'agree', ageMs: again.ageMs };
    if (again.ageMs <= (contract.allowedAgeMs ?? -1)) return { result: 'aged', ageMs: again.ageMs };
    await sleep(this.clock, CONFIRM_AFTER_MS);
    const last = await this.hits.peek(ref);
    if (last?.fill !== cached.fill) return { result: 'overtaken', ageMs: again.ageMs };
    return { result: 'mismatch', ageMs: last.ageMs };
  }
}

/** In an array, so that null and undefined are values; JSON, because that is what a cached value has been through. */
function comparable({ comparable: part }: ConsistencyContract, value: unknown): readonly [unknown] | null {
  const wanted = part === undefined || value == null ? value : part(value as never);
  if (wanted === null && value !== null) return null;
  return [wanted === undefined ? undefined : (JSON.parse(JSON.stringify(wanted)) as unknown)];
}
