const SLOTS = 64;

/** What belongs to an entry, by its name. Hits of several entries in turn find it without hashing. */
export class EntrySlots<T> {
  private readonly names = Array.from({ length: SLOTS }, () => '');
  private readonly values: (T | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

  /** @param find what belongs to a name that was not asked for since another one took its slot */
  constructor(private readonly find: (entry: string) => T) {}

  of(entry: string): T {
    const slot = (entry.length + 5 * entry.charCodeAt(0) + 11 * entry.charCodeAt(entry.length - 3)) & (SLOTS - 1);
    if (this.names[slot] === entry) return this.values[slot] as T;
    const found = this.find(entry);
    this.names[slot] = entry;
    this.values[slot] = found;
    return found;
  }

  clear(): void {
    this.names.fill('');
  }
}
