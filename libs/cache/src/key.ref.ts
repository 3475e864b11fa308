import type { CatalogEntry, EntryRef } from './catalog.js';

/** A key of an entry. Its tags are found out when they are first asked for: an L1 hit needs none. */
export class KeyRef<V> implements EntryRef<V> {
  private known: readonly string[] | undefined;

  constructor(
    readonly entry: CatalogEntry<V>,
    readonly key: string,
    readonly extraTags: readonly string[],
    readonly namespace: string | undefined,
  ) {}

  get tags(): readonly string[] {
    return (this.known ??= this.entry.tagsOf(this));
  }
}
