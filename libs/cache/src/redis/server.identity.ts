/** What `INFO replication` says of the server that answered. */
export interface ServerIdentity {
  /** The first 16 hex digits of `master_replid`. */
  readonly hex: string;
  /** The same as 8 bytes: what a stamp begins with. */
  readonly word: Buffer;
}

const REPLID_FIELD = 'master_replid:';
const HEX_DIGITS = 16;

/**
 * `master_replid` changes whenever a server may have lost or regained writes: restart, restore, promotion. Only a
 * master's counts: a replica shows its master's. `run_id` will not do, a demoted and re-promoted process keeps it.
 * @returns null for a replica, and for anything that does not say
 */
export function identityOf(info: string): ServerIdentity | null {
  if (!info.includes('role:master\r')) return null;
  const at = info.indexOf(REPLID_FIELD);
  const hex = info.slice(at + REPLID_FIELD.length, at + REPLID_FIELD.length + HEX_DIGITS);
  if (at === -1 || !/^[0-9a-f]{16}$/.test(hex)) return null;
  return { hex, word: Buffer.from(hex, 'hex') };
}

/** Whether the same text says this identity. (`master_replid2` may hold an earlier one: it does not count.) */
export function isIdentity(info: string, { hex }: ServerIdentity): boolean {
  return info.includes('role:master\r') && info.includes(REPLID_FIELD + hex);
}
