import { Catalog, type EntryRef } from './catalog.js';
import type { Clock } from './clock.js';
import { CacheError } from './errors.js';
import type { CacheEvents, InvalidationKind, InvalidationStatus } from './events.js';
import type { LocalInvalidation } from './local-invalidation.js';
import type { L2Tier } from './read/l2-tier.js';
import type { Lookup } from './read/lookup.js';
import type { OutboxRelay } from './outbox/outbox-relay.js';
import type { Outbox } from './outbox/outbox.port.js';
import type { InvalidationMessage } from './store/store.port.js';
import { ALL, checkNamespace, checkTag, fullKey, namespaceTag, tagOfPattern } from './keys/tags.js';

/** What became of an invalidation. */
export interface InvalidationOutcome {
  /**
   * `applied`: no process reads it from L2 any more. `queued`: the store cannot be reached; it waits in the outbox, and
   * this process does not believe L2 until it has been applied.
   */
  readonly status: InvalidationStatus;
  /** How many keys and versions of tags were there to delete; 0 is a success too. */
  readonly deletedCount: number;
}

export interface InvalidationOptions {
  /** No value read at an older block may be cached for these tags again, except for 2 s at most. */
  readonly minHeight?: number;
}

/** What `invalidateUserCache` puts in front of the wallet. */
const USER_TAG = 'user:';

/**
 * Makes entries invalid: by key, tag, pattern, namespace, or all of them, each in one step whose cost does not depend on
 * how many entries it concerns. What was read from its source before is never served from L2 after `applied`.
 * Rejects only when the store cannot be reached and the outbox cannot be written either.
 */
export class CacheInvalidator {
  constructor(
    private readonly catalog: Catalog,
    private readonly local: LocalInvalidation,
    private readonly l2: L2Tier,
    private readonly lookup: Lookup,
    private readonly outbox: Outbox,
    private readonly relay: OutboxRelay,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  /** @returns whether something servable was there, in either tier. */
  async invalidateKey(target: EntryRef<unknown> | string, namespace?: string): Promise<boolean> {
    const { deletedCount } = await this.invalidateKeys([target], namespace);
    return deletedCount > 0;
  }

  async invalidateKeys(
    targets: readonly (EntryRef<unknown> | string)[],
    namespace?: string,
  ): Promise<InvalidationOutcome> {
    const refs = targets.map((target) => (typeof target === 'string' ? this.catalog.refOf(target, namespace) : target));
    const present = await this.lookup.countPresent(refs);
    const outcome = await this.apply('key', { tags: [], keys: refs.map((ref) => ref.key) });
    return { status: outcome.status, deletedCount: present };
  }

  /** @throws CacheError `INVALID_TAG` for a name that cannot be a tag. */
  invalidateByTag(tag: string, options?: InvalidationOptions): Promise<InvalidationOutcome> {
    return this.invalidateByTags([tag], options);
  }

  /** All tags in one step. */
  async invalidateByTags(tags: readonly string[], options: InvalidationOptions = {}): Promise<InvalidationOutcome> {
    for (const tag of tags) checkTag(tag);
    if (tags.length === 0) return { status: 'applied', deletedCount: 0 };
    const { minHeight } = options;
    return this.apply('tag', { tags: [...new Set(tags)], keys: [], ...(minHeight === undefined ? {} : { minHeight }) });
  }

  /**
   * Everything whose key matches the pattern, and possibly more: a pattern is widened to its literal prefix up to a `:`.
   * @throws CacheError `INVALID_PATTERN` where no literal prefix is left, as in `*` or `*:stats`.
   */
  async invalidateByPattern(pattern: string, namespace?: string): Promise<InvalidationOutcome> {
    if (namespace !== undefined) checkNamespace(namespace);
    const prefix = tagOfPattern(pattern);
    if (prefix === null) return this.invalidateKeys([pattern], namespace);
    return this.apply('pattern', { tags: [fullKey(prefix, namespace)], keys: [] });
  }

  /** Everything that depends on the wallet's user record: the tag `user:{wallet}`. */
  invalidateUserCache(wallet: string): Promise<InvalidationOutcome> {
    return this.invalidateByTag(`${USER_TAG}${wallet}`);
  }

  /** @throws CacheError `INVALID_KEY` for a name that cannot be a namespace. */
  async clearNamespace(namespace: string): Promise<InvalidationOutcome> {
    checkNamespace(namespace);
    return this.apply('namespace', { tags: [namespaceTag(namespace)], keys: [] });
  }

  invalidateAll(): Promise<InvalidationOutcome> {
    return this.apply('all', { tags: [ALL], keys: [] });
  }

  private async apply(kind: InvalidationKind, message: InvalidationMessage): Promise<InvalidationOutcome> {
    const startedAt = this.clock.now();
    this.local.remember(message, 'this process');
    const struck = this.local.strike(message);
    const applied = this.l2.attached ? await this.l2.invalidate(message) : { deleted: struck };
    const status: InvalidationStatus = applied === null ? 'queued' : 'applied';
    if (applied === null) await this.queue(message);
    // Once more: what was read from L2 between the call and the acknowledgement may be the old value.
    this.local.strike(message);
    this.events.invalidated(kind, [...message.tags, ...message.keys], status, this.clock.now() - startedAt);
    return { status, deletedCount: applied?.deleted ?? 0 };
  }

  private async queue(message: InvalidationMessage): Promise<void> {
    this.l2.doubt();
    try {
      await this.outbox.add(message);
    } catch (cause) {
      throw new CacheError(
        'STORE_UNAVAILABLE',
        'the invalidation could neither be applied to the store nor be written to the outbox: repeat it',
        { cause },
      );
    }
    void this.relay.runPass();
  }
}
