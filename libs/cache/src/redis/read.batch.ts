import type { Address, Snapshot } from '../store/store.port.js';
import { WORD_BYTES } from '../protocol/stamp.js';
import type { KeyLayout } from './key.layout.js';
import { isMigrating } from './migration.js';
import type { ReadReply, RedisNode, Values } from './redis.node.js';
import { unavailable } from './unavailable.error.js';

/** What a batch reads of one partition: each key once, however many addresses it belongs to. */
class KeyList {
  readonly keys: string[] = [];
  private readonly entries = new Map<string, number>();
  private readonly versions = new Map<string, number>();
  private readonly indexes: number[] = [];
  private readonly tagCounts: number[] = [];
  /** For each address, one after the other: where its entry will be in the reply, and where its versions. */
  private readonly positions: number[] = [];

  constructor(
    private readonly layout: KeyLayout,
    private readonly partition: number,
  ) {}

  /** @param index where its snapshot is wanted */
  add({ key, tags }: Address, index: number): void {
    this.indexes.push(index);
    this.tagCounts.push(tags.length);
    this.positions.push(this.entry(key));
    for (const tag of tags) this.positions.push(this.version(tag));
  }

  /** Puts the addresses' snapshots, or errors, where they are wanted. */
  answer(values: Values | Error, reply: ReadReply, results: (Snapshot | Error)[]): void {
    if (values instanceof Error && !isMigrating(values)) return this.fail(values, results);
    // Of a slot that is on its way to another server nothing can be said: as if nothing were there.
    this.place(values instanceof Error ? this.keys.map(() => null) : values, reply, results);
  }

  /** In the order in which they were added. */
  private place(values: Values, { identity, nowMs }: ReadReply, results: (Snapshot | Error)[]): void {
    const { indexes, tagCounts, positions } = this;
    let at = 0;
    for (let address = 0; address < indexes.length; address += 1) {
      const tagCount = tagCounts[address]!;
      const envelope = values[positions[at]!]!;
      const versions: (Buffer | null)[] = [];
      for (let tag = 1; tag <= tagCount; tag += 1) versions.push(versionOf(values[positions[at + tag]!]!));
      results[indexes[address]!] = { envelope, identity: identity.word, versions, nowMs };
      at += 1 + tagCount;
    }
  }

  /** Puts the error where their snapshots are wanted. */
  fail(error: Error, results: (Snapshot | Error)[]): void {
    for (const index of this.indexes) results[index] = error;
  }

  private entry(key: string): number {
    let position = this.entries.get(key);
    if (position === undefined) {
      position = this.keys.push(this.layout.entry(this.partition, key)) - 1;
      this.entries.set(key, position);
    }
    return position;
  }

  private version(tag: string): number {
    let position = this.versions.get(tag);
    if (position === undefined) {
      position = this.keys.push(this.layout.version(this.partition, tag)) - 1;
      this.versions.set(tag, position);
    }
    return position;
  }
}

/** What many callers want from one server, as one round trip. */
export class ReadBatch {
  private readonly lists = new Map<number, KeyList>();

  constructor(
    private readonly node: RedisNode,
    private readonly layout: KeyLayout,
  ) {}

  /** Adds an address of this server. @param index where `send` puts its snapshot or an error */
  add(partition: number, address: Address, index: number): void {
    let list = this.lists.get(partition);
    if (list === undefined) {
      list = new KeyList(this.layout, partition);
      this.lists.set(partition, list);
    }
    list.add(address, index);
  }

  /** Never rejects. */
  async send(results: (Snapshot | Error)[]): Promise<void> {
    const lists = [...this.lists.values()];
    try {
      const reply = await this.node.read(lists.map((list) => list.keys));
      for (const [at, list] of lists.entries()) list.answer(reply.lists[at]!, reply, results);
    } catch (error) {
      for (const list of lists) list.fail(unavailable(error), results);
    }
  }
}

/** What is there but is no version counts as missing. */
export function versionOf(value: Buffer | null): Buffer | null {
  return value?.length === WORD_BYTES ? value : null;
}
