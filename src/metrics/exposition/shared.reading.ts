/** A figure that costs a round trip, read at most once in a while, whoever asks and however many at once. */
export class SharedReading<T> {
  private last: { readonly at: number; readonly value: Promise<T | null> } | undefined;

  /** @param maxAgeMs how old an answer may be */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly maxAgeMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Null while it cannot be read. */
  get(): Promise<T | null> {
    const now = this.now();
    if (this.last === undefined || now - this.last.at >= this.maxAgeMs) {
      this.last = { at: now, value: this.read().catch(() => null) };
    }
    return this.last.value;
  }
}
