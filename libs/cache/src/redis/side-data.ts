import type { Cluster, Redis } from 'ioredis';
import type { SideData } from '../store/side-data.port.js';
import { wholeMs } from './key.steps.js';
import { unavailable } from './unavailable.error.js';

/**
 * The part of `cache-manager-ioredis-yet` that is used. Its `reset` is FLUSHDB, its `keys` is KEYS, its `mget`, `mset`
 * and `mdel` cross slots on a Cluster: they are not in reach from here.
 */
interface PlainStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  del(key: string): Promise<void>;
  ttl(key: string): Promise<number>;
}

/**
 * In front of every text. The library encodes with telejson, which makes functions, dates and symbols out of strings
 * that begin as they do (`_function_…`): with this in front no text of ours does, and what does not begin with it when
 * it is read was put there by somebody else and is left alone.
 */
const FORMAT = '1:';

/**
 * Side data over the connection that the store uses. Its keys begin with the prefix and `_s:`. Needs the package
 * `cache-manager-ioredis-yet`, from the first use on: a cache without side data goes without it.
 */
export function redisSideData(client: Redis | Cluster, keyPrefix: string): SideData {
  let opening: Promise<PlainStore> | undefined;
  const keyOf = (key: string): string => `${keyPrefix}_s:${key}`;
  const use = async <T>(action: (store: PlainStore) => Promise<T>): Promise<T> => {
    try {
      opening ??= openStore(client);
      return await action(await opening);
    } catch (error) {
      throw unavailable(error);
    }
  };
  return {
    get: (key) => use((store) => store.get(keyOf(key)).catch(nothingReadable)).then(textOf),
    set: (key, text, ttlMs) => use((store) => store.set(keyOf(key), FORMAT + text, wholeMs(ttlMs))),
    del: (key) => use((store) => store.del(keyOf(key))),
    ttl: (key) => use((store) => store.ttl(keyOf(key))).then((remainingMs) => (remainingMs < 0 ? null : remainingMs)),
  };
}

async function openStore(client: Redis | Cluster): Promise<PlainStore> {
  const { redisInsStore } = await import('cache-manager-ioredis-yet');
  // Its types were made for cache-manager 5; what it does at run time has not changed.
  return redisInsStore(client) as unknown as PlainStore;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith(FORMAT) ? value.slice(FORMAT.length) : undefined;
}

/** What cannot be decoded is not ours either. */
function nothingReadable(error: unknown): undefined {
  if (error instanceof SyntaxError || (error instanceof Error && error.message.startsWith('WRONGTYPE')))
    return undefined;
  throw error;
}
