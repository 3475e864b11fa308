import type { Address, Snapshot } from '../store/store.port.js';
import { ReadBatch } from './read.batch.js';
import type { RedisNode } from './redis.node.js';
import type { Topology } from './topology.js';
import { unavailable } from './unavailable.error.js';

interface Caller {
  readonly addresses: readonly Address[];
  resolve(snapshots: readonly (Snapshot | null)[]): void;
  reject(error: unknown): void;
}

/** Most addresses of different callers that share a round trip: a longer MGET would hold Redis for everybody. */
const MAX_ADDRESSES = 256;

/**
 * Callers who read in the same turn of the event loop share one round trip. Measured against a raw GET, with three tags
 * checked: processor time of this process 1.6 times at one in flight, the same at 8, 0.6 at 64, 0.4 at 512.
 *
 * The turn ends at `setImmediate`: later than a microtask or `process.nextTick`, which do not join callers that different
 * sockets woke, and no dearer where there is one caller.
 */
export class ReadBatcher {
  private waiting: Caller[] = [];

  constructor(private readonly topology: Topology) {}

  read(addresses: readonly Address[]): Promise<readonly (Snapshot | null)[]> {
    return new Promise((resolve, reject) => {
      if (this.waiting.push({ addresses, resolve, reject }) === 1) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    const callers = this.waiting;
    this.waiting = [];
    let share: Caller[] = [];
    let size = 0;
    for (const caller of callers) {
      if (size > 0 && size + caller.addresses.length > MAX_ADDRESSES) {
        void this.send(share);
        share = [];
        size = 0;
      }
      share.push(caller);
      size += caller.addresses.length;
    }
    void this.send(share);
  }

  private async send(callers: readonly Caller[]): Promise<void> {
    const results = await this.readAll(callers.flatMap((caller) => caller.addresses));
    let next = 0;
    for (const caller of callers) {
      const own = results.slice(next, (next += caller.addresses.length));
      if (own.every((result) => result instanceof Error)) caller.reject(unavailable(own[0]));
      else caller.resolve(own.map((result) => (result instanceof Error ? null : result)));
    }
  }

  /** A snapshot or an error for each address; asks once more for what another server holds by now. */
  private async readAll(addresses: readonly Address[]): Promise<readonly (Snapshot | Error)[]> {
    const { layout } = this.topology;
    const results: (Snapshot | Error)[] = [];
    const batches = new Map<RedisNode, ReadBatch>();
    for (let index = 0; index < addresses.length; index += 1) this.enlist(batches, addresses[index]!, results, index);
    await sendAll(batches, results);

    const again = new Map<RedisNode, ReadBatch>();
    for (let index = 0; index < addresses.length; index += 1) {
      const result = results[index]!;
      if (!(result instanceof Error)) continue;
      const address = addresses[index]!;
      if (this.topology.relocate(layout.partitionOf(address.key), result)) this.enlist(again, address, results, index);
    }
    if (again.size > 0) await sendAll(again, results);
    return results;
  }

  private enlist(
    batches: Map<RedisNode, ReadBatch>,
    address: Address,
    results: (Snapshot | Error)[],
    index: number,
  ): void {
    const { layout } = this.topology;
    const partition = layout.partitionOf(address.key);
    try {
      const node = this.topology.nodeOf(partition);
      let batch = batches.get(node);
      if (batch === undefined) {
        batch = new ReadBatch(node, layout);
        batches.set(node, batch);
      }
      batch.add(partition, address, index);
    } catch (error) {
      results[index] = unavailable(error);
    }
  }
}

async function sendAll(batches: ReadonlyMap<RedisNode, ReadBatch>, results: (Snapshot | Error)[]): Promise<void> {
  await Promise.all(Array.from(batches.values(), (batch) => batch.send(results)));
}
