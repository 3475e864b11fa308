/**
 * Where things are kept in Redis. A partition is a set of keys that share a Cluster slot: an entry, its lease and a
 * copy of every version it is stamped with. One Redis (or Sentinel) has a single one and shows keys as they are.
 */
export interface KeyLayout {
  readonly partitions: number;
  partitionOf(key: string): number;
  entry(partition: number, key: string): string;
  version(partition: number, tag: string): string;
  lease(partition: number, key: string): string;
  /** The block height that was demanded of a tag. */
  height(partition: number, tag: string): string;
  readonly channel: string;
  /** A pattern for SCAN that every entry matches, and other things besides. */
  readonly scanPattern: string;
  /** Which entry is kept under a key of Redis; null where none can be. */
  placeOf(physicalKey: string): Place | null;
}

export interface Place {
  readonly partition: number;
  readonly key: string;
}

/** Cluster partitions: enough to spread over any sensible number of shards, few enough that a wide tag has few copies. */
const CLUSTER_PARTITIONS = 16;

/** `redis-cli TTL tokens:0x…` says what it should: an entry's key is the prefix and the logical key. */
export function singleLayout(prefix: string): KeyLayout {
  return {
    partitions: 1,
    partitionOf: () => 0,
    entry: (_partition, key) => prefix + key,
    version: (_partition, tag) => `${prefix}_v:${tag}`,
    lease: (_partition, key) => `${prefix}_l:${key}`,
    height: (_partition, tag) => `${prefix}_h:${tag}`,
    channel: `${prefix}_bus`,
    scanPattern: `${escapeGlob(prefix)}*`,
    placeOf: (physicalKey) => (physicalKey.startsWith(prefix) ? placeIn(0, physicalKey.slice(prefix.length)) : null),
  };
}

/** The same names behind the hash tag of a partition, which the last segment of the key decides: a wallet's keys share one. */
export function clusterLayout(prefix: string): KeyLayout {
  const fronts = Array.from({ length: CLUSTER_PARTITIONS }, (_, partition) => `{p${partition}}${prefix}`);
  return {
    partitions: CLUSTER_PARTITIONS,
    partitionOf: (key) => hashOf(key.slice(key.lastIndexOf(':') + 1)) % CLUSTER_PARTITIONS,
    entry: (partition, key) => fronts[partition]! + key,
    version: (partition, tag) => `${fronts[partition]!}_v:${tag}`,
    lease: (partition, key) => `${fronts[partition]!}_l:${key}`,
    height: (partition, tag) => `${fronts[partition]!}_h:${tag}`,
    channel: `${fronts[0]!}_bus`,
    scanPattern: `{p*}${escapeGlob(prefix)}*`,
    placeOf: (physicalKey) => {
      const partition = Number(/^\{p(\d+)\}/.exec(physicalKey)?.[1] ?? -1);
      const front = fronts[partition];
      return front !== undefined && physicalKey.startsWith(front)
        ? placeIn(partition, physicalKey.slice(front.length))
        : null;
    },
  };
}

/** No entry's key begins with `_` or is empty (checkKey): what does is a version, a lease, a height or side data. */
function placeIn(partition: number, key: string): Place | null {
  return key === '' || key.startsWith('_') ? null : { partition, key };
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** FNV-1a, 32 bits, over UTF-16 units: every process must agree, so it never changes. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
