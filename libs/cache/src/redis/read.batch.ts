import type { Address, Snapshot } from '../store/store.port.js';
import { WORD_BYTES } from '../protocol/stamp.js';
import type { KeyLayout } from './key.layout.js';
import { isMigrating } from './migration.js';
import type { ReadReply, RedisNode } from './redis.node.js';
import { unavailable } from './unavailable.error.js';

/** The keys of one partition that a batch reads, each once. */
class KeyList {
  readonly keys: string[] = [];
  private readonly entries = new Map<string, number>();
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly layout: KeyLayout,
    private readonly partition: number,
  ) {}

  /** Where the entry's value will be. */
  entry(key: string): number {
    let position = this.entries.get(key);
    if (position === undefined) {
      position = this.keys.push(this.layout.entry(this.partition, key)) - 1;
      this.entries.set(key, position);
    }
    return position;
  }

  /** Where the tag's version will be. */
  version(tag: string): number {
    let position = this.versions.get(tag);
    if (position === undefined) {
      position = this.keys.push(this.layout.version(this.partition, tag)) - 1;
      this.versions.set(tag, position);
    }
    return position;
  }
}

/** Where an address's values will be in the reply, and where its snapshot is wanted. */
interface Place {
  readonly list: number;
  readonly entry: number;
  readonly versions: readonly number[];
  readonly target: (Snapshot | Error)[];
  readonly index: number;
}

/** What many callers want from one server, as one round trip. */
export class ReadBatch {
  private readonly lists: KeyList[] = [];
  private readonly listOf = new Map<number, number>();
  private readonly places: Place[] = [];

  constructor(
    private readonly node: RedisNode,
    private readonly layout: KeyLayout,
  ) {}

  /** Adds an address of this server. `send` puts its snapshot, or an error, into the target at the index. */
  add(partition: number, { key, tags }: Address, target: (Snapshot | Error)[], index: number): void {
    let list = this.listOf.get(partition);
    if (list === undefined) {
      list = this.lists.push(new KeyList(this.layout, partition)) - 1;
      this.listOf.set(partition, list);
    }
    const keys = this.lists[list]!;
    const entry = keys.entry(key);
    const versions = tags.map((tag) => keys.version(tag));
    this.places.push({ list, entry, versions, target, index });
  }

  /** Never rejects. */
  async send(): Promise<void> {
    try {
      const reply = await this.node.read(this.lists.map((list) => list.keys));
      for (const place of this.places) place.target[place.index] = snapshotOf(reply, place);
    } catch (error) {
      for (const { target, index } of this.places) target[index] = unavailable(error);
    }
  }
}

function snapshotOf({ lists, identity, nowMs }: ReadReply, { list, entry, versions }: Place): Snapshot | Error {
  const values = lists[list]!;
  if (values instanceof Error) {
    if (!isMigrating(values)) return values;
    return { envelope: null, identity: identity.word, versions: versions.map(() => null), nowMs };
  }
  return {
    envelope: values[entry]!,
    identity: identity.word,
    versions: versions.map((position) => versionOf(values[position]!)),
    nowMs,
  };
}

/** What is there but is no version counts as missing. */
export function versionOf(value: Buffer | null): Buffer | null {
  return value?.length === WORD_BYTES ? value : null;
}
