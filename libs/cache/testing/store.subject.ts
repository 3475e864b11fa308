import type { Bus } from '../src/bus/bus.port.js';
import type { Store } from '../src/store/store.port.js';

/** One process's way to the second tier. */
export interface TierUnderTest {
  readonly store: Store;
  readonly bus: Bus;
}

/** What a contract suite needs: two processes on one server, and hands behind the server's back. */
export interface TierSubject {
  readonly first: TierUnderTest;
  readonly second: TierUnderTest;
  /** Lets the server's time pass; a real server is waited for. */
  readonly advance: (durationMs: number) => Promise<void>;
  /** Puts raw bytes, or something that is no string at all, where the entry of this key is kept. */
  readonly poisonEntry: (key: string, poison: Buffer | 'wrong-type') => Promise<void>;
  /** The same for the version of a tag, every copy of it. */
  readonly poisonVersion: (tag: string, poison: Buffer | 'wrong-type') => Promise<void>;
  /** Removes the version of a tag, every copy of it, as eviction does: nobody is told. */
  readonly evictVersion: (tag: string) => Promise<void>;
  /** Ms that the version of this tag, beside this key, has to live. */
  readonly versionLifeMs: (key: string, tag: string) => Promise<number>;
  /** Makes the server one that may have lost writes, its data kept: a promotion. */
  readonly changeIdentity: () => Promise<void>;
  /** Nothing more can be written, as at `maxmemory`; `false` ends it. */
  readonly setFull: (full: boolean) => Promise<void>;
  /** The server cannot be reached; `false` ends it and resolves when it can be used again. */
  readonly setDown: (down: boolean) => Promise<void>;
  /** Ends both processes and whatever was started for them. */
  readonly close: () => Promise<void>;
}

/** The bus suite's hands. Each method resolves when it has taken effect. */
export interface BusSubject extends TierSubject {
  /** Ms after which silence must have been noticed; the suite waits with `advance`. */
  readonly silenceAfterMs: number;
  /** Breaks the second process's subscription; nothing reaches it until `mend`. */
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
  /** Loses the first process's next invalidation on its way to the second, which stays connected. */
  readonly loseNext: () => Promise<void>;
  /** Stops everything that could be heard, without breaking a connection; `false` ends it. */
  readonly mute: (muted: boolean) => Promise<void>;
}
