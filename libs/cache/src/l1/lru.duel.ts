import { hashKey } from './frequency.sketch.js';
import { LruShadow, SAMPLE } from './lru.shadow.js';
import type { Stored } from './stored.js';

/** What the duel has to know of the store. */
interface Held {
  readonly maxBytes: number;
  readonly entries: number;
  readonly bytes: number;
}

/**
 * LRU is simulated from this share of the whole on: nothing has to leave before, so that nobody could do better or worse, and
 * a hit has nothing to note but its use. What is left to fill then shows which keys are recent.
 */
const DUEL_SHARE = 3 / 4;

/**
 * A touch counts once in each turn, which is over when as many have as are a quarter of the entries: no LRU would be about to
 * drop what it had among those. So the hottest keys, which get the most hits, cost the least.
 */
const TURN_SHARE = 1 / 4;

const FIRST_QUOTA = 0.5;
const LEAST_QUOTA = 0.01;
/** Losing to LRU weighs three times: "never worse than LRU" comes before "as good as can be". */
const LOSS_WEIGHT = 3;

/**
 * How much of the bytes the store's window may hold follows from a duel with a simulated LRU: a miss that LRU would have served
 * widens the window, up to everything; a hit that LRU would have missed narrows it.
 */
export class LruDuel {
  /** Bytes that the window may hold. */
  windowQuota: number;
  /** Whether it has begun. */
  isOn = false;
  /** A record that was not touched in it has sunk, as far as LRU is concerned. Does not change before it begins. */
  turn = 0;
  /** Touches that counted in this turn. */
  private touches = 0;
  private readonly shadow: LruShadow;

  constructor(private readonly held: Held) {
    this.windowQuota = held.maxBytes * FIRST_QUOTA;
    this.shadow = new LruShadow(held.maxBytes);
  }

  /** Whether it is time to begin it, should so many bytes come in. */
  isDue(bytes: number): boolean {
    return !this.isOn && this.held.bytes + bytes > this.held.maxBytes * DUEL_SHARE;
  }

  /** @param records everything that is held: LRU holds it too */
  begin(records: Iterable<Stored>): void {
    this.isOn = true;
    this.turn += 1;
    for (const { isFollowed, key, bytes } of records) if (isFollowed) this.shadow.touch(hashKey(key), bytes);
  }

  /** A record comes in, because its key was asked for and not there. */
  missed(record: Stored, hash: number): void {
    if (LruShadow.follows(hash)) record.follow();
    this.touch(record);
    if (!this.isOn || !record.isFollowed) return;
    if (this.shadow.touch(hash, record.bytes)) this.moveQuota(LOSS_WEIGHT);
  }

  /** The first hit of a record in this turn. */
  hit(record: Stored): void {
    this.touch(record);
    if (record.isFollowed && !this.shadow.touch(hashKey(record.key), record.bytes)) this.moveQuota(-1);
  }

  /** The record was invalidated: LRU would have lost it too. */
  invalidated(record: Stored): void {
    if (this.isOn && record.isFollowed) this.shadow.delete(hashKey(record.key));
  }

  /** Nothing is left; what was found out about the window is. */
  end(): void {
    this.shadow.clear();
    this.isOn = false;
  }

  private touch(record: Stored): void {
    record.touchIn(this.turn);
    if (!this.isOn) return;
    this.touches += 1;
    if (this.touches <= this.held.entries * TURN_SHARE) return;
    this.turn += 1;
    this.touches = 0;
  }

  /** By so many mean entries of each key that the one stands for. */
  private moveQuota(entries: number): void {
    const { maxBytes, bytes } = this.held;
    const moved = this.windowQuota + entries * SAMPLE * (bytes / Math.max(1, this.held.entries));
    this.windowQuota = Math.min(maxBytes, Math.max(maxBytes * LEAST_QUOTA, moved));
  }
}
