import { setTimeout as sleep } from 'node:timers/promises';
import { STAMP_OFFSET, stampEnd } from '../protocol/envelope.js';
import { WORD_BYTES } from '../protocol/stamp.js';
import { ALL, MAX_TAGS, prefixesOf } from '../keys/tags.js';
import { versionOf } from './read.batch.js';
import type { RedisNode } from './redis.node.js';
import { UNLINK_DEAD } from './scripts/unlink-dead.script.js';
import type { Topology } from './topology.js';

export interface SweepOptions {
  /**
   * All tags of an entry in the order of its stamp, or null where they are not known. Without it only entries are found
   * that a prefix, `*` or a failover has ended; the others leave when their life is over.
   */
  readonly tagsOf?: (key: string) => readonly string[] | null;
  /** Ms between two steps of 200 keys. Default 10: a million keys in about a minute and a half. */
  readonly pauseMs?: number;
  readonly signal?: AbortSignal;
}

export interface SweepReport {
  readonly scanned: number;
  readonly removed: number;
}

interface Candidate {
  readonly physicalKey: string;
  readonly partition: number;
  readonly key: string;
  /** The entry up to the end of its stamp. */
  readonly head: Buffer;
}

/** Keys looked at in one step: Redis is never held longer than it takes to look at these. */
const STEP = 200;
const MAX_HEAD_BYTES = STAMP_OFFSET + WORD_BYTES * (MAX_TAGS + 1);

/**
 * Frees the memory of entries that no reader would accept any more, all over Redis, a little at a time. Nothing depends
 * on it: a dead entry is a miss and ends by itself.
 * @throws CacheError `STORE_UNAVAILABLE` when Redis is lost on the way
 */
export async function sweep(topology: Topology, options: SweepOptions = {}): Promise<SweepReport> {
  const { pauseMs = 10, signal } = options;
  const partitions = Array.from({ length: topology.layout.partitions }, (_, partition) => partition);
  const nodes = new Set(partitions.map((partition) => topology.nodeOf(partition)));
  let scanned = 0;
  let removed = 0;
  for (const node of nodes) {
    let cursor = '0';
    do {
      if (signal?.aborted) return { scanned, removed };
      const [next, keys] = await scanStep(node, topology, cursor);
      cursor = next;
      scanned += keys.length;
      removed += await removeDead(node, topology, keys, options);
      await sleep(pauseMs, undefined, { ref: false });
    } while (cursor !== '0');
  }
  return { scanned, removed };
}

async function scanStep(node: RedisNode, { layout }: Topology, cursor: string): Promise<[string, string[]]> {
  const reply = await node.send(['SCAN', cursor, 'MATCH', layout.scanPattern, 'COUNT', STEP, 'TYPE', 'string']);
  return reply as [string, string[]];
}

async function removeDead(
  node: RedisNode,
  topology: Topology,
  physicalKeys: readonly string[],
  { tagsOf }: SweepOptions,
): Promise<number> {
  const candidates = await candidatesOf(node, topology, physicalKeys);
  if (candidates.length === 0) return 0;
  const tagsAt = candidates.map(({ key, head }) => knownTags(key, head[3]!, tagsOf?.(key) ?? null));
  const versionKeys = candidates.map(({ partition }, index) =>
    tagsAt[index]!.map((tag) => topology.layout.version(partition, tag)),
  );
  const { lists, identity } = await node.read(versionKeys);
  const dead = candidates.filter(({ head }, index) => {
    const values = lists[index]!;
    // What could not be read just now (a slot that moves) is left for the next time.
    return !(values instanceof Error) && !isAlive(head, identity.word, values.map(versionOf));
  });
  const replies = await node.run(
    dead.map(({ physicalKey, head }) => ({ script: UNLINK_DEAD, keys: [physicalKey], args: [head] })),
  );
  return replies.filter((reply) => reply === 1).length;
}

/** Those of the keys that hold an entry of ours. */
async function candidatesOf(
  node: RedisNode,
  { layout }: Topology,
  physicalKeys: readonly string[],
): Promise<readonly Candidate[]> {
  const named = physicalKeys.flatMap((physicalKey) => {
    const place = layout.placeOf(physicalKey);
    return place === null ? [] : [{ physicalKey, ...place }];
  });
  const heads = await node.heads(
    named.map(({ physicalKey }) => physicalKey),
    MAX_HEAD_BYTES,
  );
  return named.flatMap((place, index) => {
    const end = stampEnd(heads[index]!);
    // An entry without tags cannot be invalidated by one, and none is written: every entry has `*`.
    return end === null || end === STAMP_OFFSET + WORD_BYTES
      ? []
      : [{ ...place, head: heads[index]!.subarray(0, end) }];
  });
}

/** The tags that the last words of the stamp belong to: all of them, or at least the prefixes and `*`. */
function knownTags(key: string, tagCount: number, tags: readonly string[] | null): readonly string[] {
  if (tags !== null && tags.length === tagCount) return tags;
  return [...prefixesOf(key), ALL].slice(-tagCount);
}

function isAlive(head: Buffer, identity: Buffer, lastVersions: readonly (Buffer | null)[]): boolean {
  if (!head.subarray(STAMP_OFFSET, STAMP_OFFSET + WORD_BYTES).equals(identity)) return false;
  const firstAt = head.length - WORD_BYTES * lastVersions.length;
  return lastVersions.every((version, index) => {
    const at = firstAt + WORD_BYTES * index;
    return version !== null && head.subarray(at, at + WORD_BYTES).equals(version);
  });
}
