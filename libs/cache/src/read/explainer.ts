import type { EntryRef } from '../catalog.js';
import type { Clock } from '../clock.js';
import type { L1Tier } from './l1-tier.js';
import type { L2Tier } from './l2-tier.js';
import type { Lookup } from './lookup.js';
import type { InvalidationMessage } from '../store/store.port.js';

/** How many invalidations are remembered for explanations. */
const REMEMBERED = 2_000;

/** Why a key is served as it is. Durations are in ms; null where a tier has nothing. */
export interface Explanation {
  readonly key: string;
  readonly entry: string;
  readonly l1: {
    readonly servable: boolean;
    readonly ageMs: number;
    readonly freshForMs: number;
    readonly networkAfterMs: number;
  } | null;
  readonly l2: {
    /** `valid`: a read would serve it; `expired`: only as a stale answer; `invalidated`: the stamp does not match or it cannot be decoded. */
    readonly state: 'valid' | 'expired' | 'invalidated';
    readonly ageMs: number | null;
    readonly freshForMs: number | null;
    /** When the store deletes it by itself. */
    readonly expiresInMs: number;
  } | null;
  /** The store answered; if not, `l2` and `lease` say nothing. */
  readonly storeAnswered: boolean;
  readonly tags: readonly { readonly tag: string; readonly version: string | null }[];
  readonly identity: string | null;
  readonly lease: { readonly remainingMs: number } | null;
  /** The newest invalidation that concerned the key, as far as this process has heard of it. */
  readonly lastInvalidation: { readonly by: string; readonly of: string; readonly agoMs: number } | null;
}

interface Remembered {
  readonly name: string;
  readonly by: string;
  readonly at: number;
}

/** Answers an operator's question "why do I see this value". */
export class Explainer {
  private readonly history = new Map<string, Remembered>();

  constructor(
    private readonly l1: L1Tier,
    private readonly l2: L2Tier,
    private readonly lookup: Lookup,
    private readonly clock: Clock,
  ) {}

  /** Notes an invalidation. @param by `this process`, or who published it */
  remember(message: InvalidationMessage, by: string): void {
    const at = this.clock.now();
    for (const name of [...message.tags, ...message.keys]) {
      this.history.delete(name);
      this.history.set(name, { name, by, at });
    }
    for (const name of this.history.keys()) {
      if (this.history.size <= REMEMBERED) break;
      this.history.delete(name);
    }
  }

  async explain(ref: EntryRef<unknown>): Promise<Explanation> {
    const now = this.clock.now();
    const record = this.l1.find(ref);
    const info = await this.l2.inspect(ref);
    const snapshot = info?.snapshot;
    const found = snapshot === undefined ? null : await this.lookup.judge(ref, snapshot);
    return {
      key: ref.key,
      entry: ref.entry.name,
      l1:
        record === undefined
          ? null
          : {
              servable: now < record.usableUntil && this.l1.isValid(record),
              ageMs: now - record.bornAt,
              freshForMs: record.freshUntil - now,
              networkAfterMs: record.usableUntil - now,
            },
      l2:
        info == null || snapshot == null || snapshot.envelope === null
          ? null
          : {
              state: found === null ? 'invalidated' : found.freshLeftMs > 0 ? 'valid' : 'expired',
              ageMs: found?.ageMs ?? null,
              freshForMs: found?.freshLeftMs ?? null,
              expiresInMs: info.pttlMs,
            },
      storeAnswered: info !== null,
      tags: ref.tags.map((tag, index) => ({ tag, version: snapshot?.versions[index]?.toString('hex') ?? null })),
      identity: snapshot?.identity.toString('hex') ?? null,
      lease: info?.lease ?? null,
      lastInvalidation: this.lastInvalidation([ref.key, ...ref.tags], now),
    };
  }

  private lastInvalidation(names: readonly string[], now: number): Explanation['lastInvalidation'] {
    let newest: Remembered | undefined;
    for (const name of names) {
      const remembered = this.history.get(name);
      if (remembered !== undefined && remembered.at > (newest?.at ?? -Infinity)) newest = remembered;
    }
    return newest === undefined ? null : { by: newest.by, of: newest.name, agoMs: now - newest.at };
  }
}
