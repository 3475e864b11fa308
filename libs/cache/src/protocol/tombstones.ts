/** Where a tag's last invalidation is noted, for as long as a record or load in this process holds it. */
export interface TagMark {
  readonly tag: string;
  /** The epoch that the newest invalidation seen began. */
  at: number;
  holders: number;
}

/** How many of the latest invalidations are remembered with their names. */
const REMEMBERED = 4_096;
/** One with more names is remembered as one of everything. */
const MOST_NAMES = 64;

/**
 * What this process knows to be invalid, in an order of its own: every invalidation begins a new epoch, and what was
 * asked for in an earlier one is invalid if it depends on one of the names. No clock takes part.
 *
 * Each load holds the marks of its tags from before it asks for its value, and each L1 record from when it is kept, so
 * an invalidation that overtakes it is never missed. A mark without holders is dropped at once: nothing that could still
 * need it exists, because whatever begins later begins in a later epoch. So there is nothing to prune.
 *
 * A read of L2 is over before much happens, and there are many: it holds nothing, and looks at the latest names instead.
 */
export class Tombstones {
  private readonly marks = new Map<string, TagMark>();
  private currentEpoch = 0;
  private flushedAt = 0;
  /** The names of each of the latest epochs' invalidations. */
  private readonly latest = Array.from({ length: REMEMBERED }, (): readonly string[] | null => []);

  /** Remember it before asking for a value, and give it to `spares` before serving that value. */
  get epoch(): number {
    return this.currentEpoch;
  }

  /**
   * Takes hold of the marks of these names. Each call needs its `release`.
   * @param like marks that are held by somebody: given back where they are those of the same names
   */
  hold(names: readonly string[], like: readonly TagMark[] = []): readonly TagMark[] {
    if (like.length === names.length && like.every((mark, at) => mark.holders > 0 && mark.tag === names[at])) {
      for (const mark of like) mark.holders += 1;
      return like;
    }
    return names.map((name) => {
      let mark = this.marks.get(name);
      if (mark === undefined) {
        mark = { tag: name, at: 0, holders: 0 };
        this.marks.set(name, mark);
      }
      mark.holders += 1;
      return mark;
    });
  }

  release(marks: readonly TagMark[]): void {
    for (const mark of marks) {
      mark.holders -= 1;
      if (mark.holders === 0) this.marks.delete(mark.tag);
    }
  }

  /**
   * Everything asked for until now that depends on one of these names is invalid.
   * @returns how many records and loads of this process hold one of them
   */
  bury(names: readonly string[]): number {
    this.beginEpoch(names);
    let concerned = 0;
    for (const name of names) {
      const mark = this.marks.get(name);
      if (mark === undefined) continue;
      mark.at = this.currentEpoch;
      concerned += mark.holders;
    }
    return concerned;
  }

  /** Sets the flush mark: everything asked for until now is invalid. */
  flush(): void {
    this.beginEpoch([]);
    this.flushedAt = this.currentEpoch;
  }

  /** Whether nothing has invalidated what was asked for in epoch `since` and depends on these marks. */
  spares(since: number, marks: readonly TagMark[]): boolean {
    if (since < this.flushedAt) return false;
    for (const mark of marks) {
      if (since < mark.at) return false;
    }
    return true;
  }

  /**
   * The same for names that nobody holds; no, too, where more has happened since than is remembered.
   * @param own one name more
   */
  sparesNames(since: number, names: readonly string[], own: string): boolean {
    if (since < this.flushedAt || this.currentEpoch - since > REMEMBERED) return false;
    for (let epoch = since + 1; epoch <= this.currentEpoch; epoch += 1) {
      const buried = this.latest[epoch % REMEMBERED] ?? null;
      if (buried === null || concerns(buried, names, own)) return false;
    }
    return true;
  }

  private beginEpoch(names: readonly string[]): void {
    this.currentEpoch += 1;
    this.latest[this.currentEpoch % REMEMBERED] = names.length > MOST_NAMES ? null : names;
  }

  /** How many names are held: for tests of leaks. */
  get size(): number {
    return this.marks.size;
  }
}

function concerns(buried: readonly string[], names: readonly string[], own: string): boolean {
  for (const name of buried) if (name === own || names.includes(name)) return true;
  return false;
}
