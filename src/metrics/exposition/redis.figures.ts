/** What Redis tells of itself; sums over the nodes of a Cluster. */
export interface RedisFigures {
  readonly usedBytes: number;
  /** 0: no limit is set. */
  readonly maxBytes: number;
  readonly keys: number;
  readonly evictedKeys: number;
}

/** The sections of INFO that `redisFigures` reads: one command a node. */
export const INFO_SECTIONS = ['memory', 'stats', 'keyspace'] as const;

/** @param infos the answer of INFO of each primary. A node without a limit has none to fill: then there is none at all. */
export function redisFigures(infos: readonly string[]): RedisFigures {
  const nodes = infos.map((info) => ({
    usedBytes: fieldOf(info, 'used_memory'),
    maxBytes: fieldOf(info, 'maxmemory'),
    keys: [...info.matchAll(/^db\d+:keys=(\d+)/gm)].reduce((sum, [, keys]) => sum + Number(keys), 0),
    evictedKeys: fieldOf(info, 'evicted_keys'),
  }));
  const sum = (of: (node: RedisFigures) => number): number => nodes.reduce((total, node) => total + of(node), 0);
  return {
    usedBytes: sum((node) => node.usedBytes),
    maxBytes: nodes.some((node) => node.maxBytes === 0) ? 0 : sum((node) => node.maxBytes),
    keys: sum((node) => node.keys),
    evictedKeys: sum((node) => node.evictedKeys),
  };
}

function fieldOf(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
}
