/** Something kept in memory whose size is known. */
interface Sized {
  readonly sizeBytes: number;
}

/**
 * Remembers what was used lately, within a bound of bytes, without moving anything on a read: two generations, of which
 * the older is dropped when the younger is full.
 */
export class AnswerMemory<A extends Sized> {
  private young = new Map<string, A>();
  private old = new Map<string, A>();
  private youngBytes = 0;

  constructor(private readonly maxBytes: number) {}

  get(name: string): A | undefined {
    const found = this.young.get(name);
    if (found !== undefined) return found;
    const old = this.old.get(name);
    if (old !== undefined) this.set(name, old);
    return old;
  }

  /** Keeps it in the place of what stood under its name; what is larger than a quarter of the bound is not kept. */
  set(name: string, answer: A): void {
    this.delete(name);
    if (answer.sizeBytes > this.maxBytes / 4) return;
    if (this.youngBytes + answer.sizeBytes > this.maxBytes / 2) {
      this.old = this.young;
      this.young = new Map();
      this.youngBytes = 0;
    }
    this.young.set(name, answer);
    this.youngBytes += answer.sizeBytes;
  }

  delete(name: string): void {
    const present = this.young.get(name);
    if (present !== undefined) this.youngBytes -= present.sizeBytes;
    this.young.delete(name);
    this.old.delete(name);
  }
}
