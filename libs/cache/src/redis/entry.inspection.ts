import type { Address, EntryInfo } from '../store/store.port.js';
import type { Topology } from './topology.js';
import { unavailable } from './unavailable.error.js';

/** What is left of an entry and of its lease. For people: the two are read beside each other, not at one instant. */
export async function inspectEntry(topology: Topology, { key }: Address): Promise<Omit<EntryInfo, 'snapshot'>> {
  const { layout } = topology;
  const partition = layout.partitionOf(key);
  const { redis } = topology.nodeOf(partition);
  try {
    const [pttlMs, remainingMs] = await Promise.all([
      redis.pttl(layout.entry(partition, key)),
      redis.pttl(layout.lease(partition, key)),
    ]);
    return { pttlMs, lease: remainingMs < 0 ? null : { remainingMs } };
  } catch (error) {
    throw unavailable(error);
  }
}
