import { HEIGHT_LIFE_MS } from '../store/store.lifetimes.js';
import type { InvalidationMessage } from '../store/store.port.js';
import type { BusPublisher } from './bus.publisher.js';
import { encodeSettled } from './bus.wire.js';
import { wholeMs } from './key.steps.js';
import { invalidateKeyByKey, isMigrating } from './migration.js';
import type { ScriptCall } from './redis.node.js';
import type { ScriptRunner, Step } from './script.runner.js';
import { INVALIDATE } from './scripts/invalidate.script.js';
import type { Topology } from './topology.js';
import { unavailable } from './unavailable.error.js';

/** Names in one script: more would hold Redis for too long, and Lua takes no more than some thousands of arguments. */
const MAX_NAMES = 1_000;

interface Outcome {
  readonly deleted: number;
  /** Keys whose waiters must still be woken. */
  readonly waitedFor: readonly string[];
}

/**
 * Deletes the versions of tags (every partition has a copy), the entries and leases of keys, and remembers the demanded
 * height. Resolves when all of it is acknowledged.
 * @throws CacheError `STORE_UNAVAILABLE` when any part is not: then nothing may be taken for invalidated
 */
export async function invalidate(
  topology: Topology,
  runner: ScriptRunner,
  publisher: BusPublisher,
  message: InvalidationMessage,
): Promise<Outcome> {
  let deleted = 0;
  const waitedFor: string[] = [];
  for (const part of partsOf(message)) {
    const outcome = await invalidatePart(topology, runner, publisher, part);
    deleted += outcome.deleted;
    waitedFor.push(...outcome.waitedFor);
  }
  return { deleted, waitedFor };
}

async function invalidatePart(
  topology: Topology,
  runner: ScriptRunner,
  publisher: BusPublisher,
  message: InvalidationMessage,
): Promise<Outcome> {
  const groups = groupByPartition(topology, message);
  const steps = groups.map(({ partition, keys }) => invalidateStep(topology, publisher, message, partition, keys));
  const replies = [...(await runner.run(steps))];
  for (const [index, reply] of replies.entries()) {
    if (isMigrating(reply)) replies[index] = await oneByOne(topology, steps[index]!);
  }
  // Also when a part failed: to tell more is always safe.
  if (topology.scriptChannel === null) {
    await topology.publish(publisher.invalidation(message)).catch(() => undefined);
  }
  const tagged = new Set<number>();
  let entries = 0;
  const waitedFor: string[] = [];
  for (const [index, reply] of replies.entries()) {
    if (reply instanceof Error) throw unavailable(reply);
    const [tags, keys, waited] = reply as readonly [readonly number[], readonly number[], readonly number[]];
    for (const [position, count] of tags.entries()) if (count > 0) tagged.add(position);
    for (const count of keys) entries += count;
    for (const [position, count] of waited.entries()) if (count > 0) waitedFor.push(groups[index]!.keys[position]!);
  }
  return { deleted: tagged.size + entries, waitedFor };
}

async function oneByOne(topology: Topology, step: InvalidateStep): Promise<unknown> {
  try {
    return await invalidateKeyByKey(topology, step.call());
  } catch (error) {
    return error;
  }
}

interface InvalidateStep extends Step {
  call(): ScriptCall;
}

function invalidateStep(
  { layout, scriptChannel }: Topology,
  publisher: BusPublisher,
  message: InvalidationMessage,
  partition: number,
  keys: readonly string[],
): InvalidateStep {
  const { tags, minHeight } = message;
  const heights = minHeight === undefined ? [] : tags.map((tag) => layout.height(partition, tag));
  return {
    partition,
    call: () => ({
      script: INVALIDATE,
      keys: [
        ...tags.map((tag) => layout.version(partition, tag)),
        ...heights,
        ...keys.map((key) => layout.entry(partition, key)),
        ...keys.map((key) => layout.lease(partition, key)),
      ],
      args: [
        tags.length,
        heights.length,
        minHeight ?? 0,
        wholeMs(HEIGHT_LIFE_MS),
        scriptChannel ?? '',
        ...(scriptChannel === null ? [] : [publisher.invalidation(message), ...keys.map((key) => encodeSettled(key))]),
      ],
    }),
  };
}

/** A tag has a copy in every partition, a key is in one. */
function groupByPartition(
  { layout }: Topology,
  { tags, keys }: InvalidationMessage,
): readonly { readonly partition: number; readonly keys: readonly string[] }[] {
  const groups = new Map<number, string[]>();
  if (tags.length > 0) for (let partition = 0; partition < layout.partitions; partition += 1) groups.set(partition, []);
  for (const key of new Set(keys)) {
    const partition = layout.partitionOf(key);
    const group = groups.get(partition);
    if (group) group.push(key);
    else groups.set(partition, [key]);
  }
  return [...groups].map(([partition, own]) => ({ partition, keys: own }));
}

function partsOf(message: InvalidationMessage): readonly InvalidationMessage[] {
  const { tags, keys, minHeight } = message;
  if (tags.length + keys.length <= MAX_NAMES) return [message];
  const height = minHeight === undefined ? {} : { minHeight };
  const parts: InvalidationMessage[] = [];
  for (let at = 0; at < tags.length; at += MAX_NAMES) {
    parts.push({ tags: tags.slice(at, at + MAX_NAMES), keys: [], ...height });
  }
  for (let at = 0; at < keys.length; at += MAX_NAMES) parts.push({ tags: [], keys: keys.slice(at, at + MAX_NAMES) });
  return parts;
}
