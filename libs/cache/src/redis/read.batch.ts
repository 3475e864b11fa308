import type { Address, Snapshot } from '../store/store.port.js';
import { WORD_BYTES } from '../stamp.js';
import type { KeyLayout } from './key.layout.js';
import { isMigrating } from './migration.js';
import type { RedisNode, ReadReply } from './redis.node.js';
import { unavailable } from './unavailable.error.js';

/** The keys of one partition that a batch reads, each once. */
class KeyList {
  readonly keys: string[] = [];
  private readonly positions = new Map<string, number>();

  /** Where the key's value will be. */
  add(key: string): number {
    const known = this.positions.get(key);
    if (known !== undefined) return known;
    const position = this.keys.push(key) - 1;
    this.positions.set(key, position);
    return position;
  }
}

/** Where an address's values will be in the reply. */
interface Place {
  readonly list: number;
  readonly entry: number;
  readonly versions: readonly number[];
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

  /** Adds an address of this server; the result is its place in `send`'s answer. */
  add(partition: number, { key, tags }: Address): number {
    let list = this.listOf.get(partition);
    if (list === undefined) {
      list = this.lists.push(new KeyList()) - 1;
      this.listOf.set(partition, list);
    }
    const keys = this.lists[list]!;
    const entry = keys.add(this.layout.entry(partition, key));
    const versions = tags.map((tag) => keys.add(this.layout.version(partition, tag)));
    return this.places.push({ list, entry, versions }) - 1;
  }

  /** A snapshot, or an error, for each address in the order they were added. Never rejects. */
  async send(): Promise<readonly (Snapshot | Error)[]> {
    try {
      const reply = await this.node.read(this.lists.map((list) => list.keys));
      return this.places.map((place) => snapshotOf(reply, place));
    } catch (error) {
      return this.places.map(() => unavailable(error));
    }
  }
}

function snapshotOf({ lists, identity, nowMs }: ReadReply, { list, entry, versions }: Place): Snapshot | Error {
  const values = lists[list]!;
  if (isMigrating(values))
    return { envelope: null, identity: identity.word, versions: versions.map(() => null), nowMs };
  if (values instanceof Error) return values;
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
