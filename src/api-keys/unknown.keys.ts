import { type Clock, systemClock } from '@chaincache/cache';

const REMEMBERED_MS = 30_000;
const MAX_REMEMBERED = 10_000;

/**
 * Keys (by their SHA-256) that were looked for of late and are not there, so that repeating a wrong key costs nobody
 * anything. At most 10 000, at most 30 s each; the oldest make room.
 */
export class UnknownKeys {
  private readonly until = new Map<string, number>();
  private changes = 0;

  constructor(private readonly clock: Clock = systemClock) {}

  has(sha256: string): boolean {
    const until = this.until.get(sha256);
    if (until === undefined) return false;
    if (until > this.clock.now()) return true;
    this.until.delete(sha256);
    return false;
  }

  /** Taken before a key is looked for. */
  moment(): number {
    return this.changes;
  }

  /**
   * Remembers what a look found missing, unless any key was forgotten since it began: the key may have been made after
   * the look passed by, and its news may have arrived before the look came back.
   */
  add(sha256: string, moment: number): void {
    if (moment !== this.changes) return;
    this.until.set(sha256, this.clock.now() + REMEMBERED_MS);
    if (this.until.size <= MAX_REMEMBERED) return;
    const [oldest] = this.until.keys();
    this.until.delete(oldest!);
  }

  forget(sha256: string): void {
    this.changes += 1;
    this.until.delete(sha256);
  }

  forgetAll(): void {
    this.changes += 1;
    this.until.clear();
  }
}
