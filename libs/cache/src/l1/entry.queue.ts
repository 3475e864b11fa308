/** What a queue links: one object may stand in one queue at a time. */
export interface Queued {
  newer: this | null;
  older: this | null;
  /** Accounted bytes. Change them only while the object stands in no queue. */
  bytes: number;
}

/** A doubly linked queue through its members, from newest to oldest, that knows its bytes. Every operation is O(1). */
export class EntryQueue<Q extends Queued> {
  newest: Q | null = null;
  oldest: Q | null = null;
  bytes = 0;

  push(member: Q): void {
    member.newer = null;
    member.older = this.newest;
    if (this.newest === null) this.oldest = member;
    else this.newest.newer = member;
    this.newest = member;
    this.bytes += member.bytes;
  }

  remove(member: Q): void {
    if (member.newer === null) this.newest = member.older;
    else member.newer.older = member.older;
    if (member.older === null) this.oldest = member.newer;
    else member.older.newer = member.newer;
    member.newer = null;
    member.older = null;
    this.bytes -= member.bytes;
  }
}
