import { HEIGHT_LIFE_MS } from '../store/store.lifetimes.js';
import type { ScriptCall } from './redis.node.js';
import type { Topology } from './topology.js';

/**
 * Whether a Cluster is moving the slot to another shard just now. While it does, a part of the keys is here and a part
 * there, and nothing that needs several of them at once can be done (`TRYAGAIN`, `ASK`). That is no fault: reads miss,
 * loads go on without writing, and invalidations are made key by key.
 */
export function isMigrating(reply: unknown): reply is Error {
  return reply instanceof Error && /^(ASK|TRYAGAIN) ?/.test(reply.message);
}

/**
 * What the script INVALIDATE would have done, one key after another, each where it is now. Deleting is the same however
 * often and in whatever order it is done, so it may follow redirections and be sent again.
 * @returns the reply that the script would have given
 */
export async function invalidateKeyByKey(
  { redirecting }: Topology,
  { keys, args }: ScriptCall,
): Promise<readonly [readonly number[], readonly number[], readonly number[]]> {
  const versions = Number(args[0]);
  const heights = Number(args[1]);
  const firstEntry = versions + heights;
  const count = (keys.length - firstEntry) / 2;
  const client = redirecting!;
  const unlink = (names: readonly string[]): Promise<number[]> => Promise.all(names.map((name) => client.unlink(name)));
  const tagged = await unlink(keys.slice(0, versions));
  const deleted = await unlink(keys.slice(firstEntry, firstEntry + count));
  const leases = await unlink(keys.slice(firstEntry + count));
  for (const key of keys.slice(versions, firstEntry)) {
    const before = Number((await client.get(key)) ?? 0);
    await client.set(key, Math.max(before, Number(args[2])), 'PX', HEIGHT_LIFE_MS);
  }
  // Whether somebody waited is not known: to wake too many costs a read each.
  return [tagged, deleted, leases];
}
