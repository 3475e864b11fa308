/**
 * Plain text beside the cache: snapshots of the fleet, results of warming. It has a life and nothing else: no tags, no
 * stamp, no promise after an invalidation. What must never be stale does not belong here.
 *
 * Every method rejects with CacheError `STORE_UNAVAILABLE` while the store cannot be reached.
 */
export interface SideData {
  /** The text, or undefined where there is none, or what is there is none of ours. */
  get(key: string): Promise<string | undefined>;
  /** @param ttlMs how long it is kept; above 0 */
  set(key: string, text: string, ttlMs: number): Promise<void>;
  del(key: string): Promise<void>;
  /** Ms that are left, or null where there is nothing. */
  ttl(key: string): Promise<number | null>;
}
