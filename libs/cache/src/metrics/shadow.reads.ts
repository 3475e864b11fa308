import type { EntryRef } from '../catalog.js';
import type { ReadShadow } from '../cache-manager.js';
import type { CacheResult } from '../read/cache-result.js';
import type { CacheEvents } from '../events.js';
import type { Loader } from '../load/loader-call.js';
import type { ConsistencyCheck } from './consistency.check.js';
import { contextOf } from './consistency.sampler.js';

/**
 * Shadow mode: entries whose answers come from the source while the cache works beside it and is compared with each of
 * them, before it is trusted in production. The cache is read, filled and counted as if it answered.
 */
export class ShadowReads implements ReadShadow {
  constructor(
    private readonly entries: ReadonlySet<string>,
    private readonly check: ConsistencyCheck,
    private readonly events: CacheEvents,
  ) {}

  covers(entry: string): boolean {
    return this.entries.has(entry);
  }

  /**
   * @param cached reads through the cache
   * @returns the source's value, with tier `MISS`
   * @throws what the loader throws: a value that the cache could have served instead is not used
   */
  async read<V>(ref: EntryRef<V>, loader: Loader<V>, cached: () => Promise<CacheResult<V>>): Promise<CacheResult<V>> {
    const result = await cached();
    if (result.tier === 'MISS') return result;
    const value = new Promise<V | undefined>((resolve, reject) => {
      let begun = false;
      const readSource = (): Promise<V | undefined> => {
        begun = true;
        const loading = (async () => loader(contextOf(ref)))();
        loading.then(resolve, reject);
        return loading;
      };
      // The check reads the source itself, after it has looked at the cache: the other way round proves nothing.
      const compare = async (): Promise<void> => {
        const verdict = await this.check.verdict(ref, readSource);
        if (verdict !== null) this.events.compared(ref.entry.name, ref.key, verdict.result, verdict.ageMs);
        if (!begun) await readSource().catch(() => undefined);
      };
      void compare();
    });
    return { ...result, value: (await value) as V, tier: 'MISS', ageMs: 0, freshForMs: 0 };
  }
}
