/** What the sight of a server's identity says. */
export type Sighting =
  /** Seen before, and nothing was between. */
  | 'known'
  /** A server not seen before: it may lack what was acknowledged by the one that it follows. */
  | 'new'
  /** A server that was the master before another one was: it lacks whatever happened in between. */
  | 'returned';

/** More than a Cluster has shards, with room for those before a failover. */
const MOST_IDENTITIES = 1_024;

/**
 * The identities of the servers that this process has read from: one, or with a Cluster one for each shard. An identity
 * alone does not tell that a server was away. With Sentinel a deposed master takes itself for one for about ten seconds;
 * promoted once more in that time, it is the same server with the same identity, and with all that was invalidated
 * meanwhile.
 */
export class KnownIdentities {
  /** Since the connection was lost the last time. */
  private current: Buffer[] = [];
  /** Between the last two losses. */
  private earlier: readonly Buffer[] = [];
  /** Of masters that were followed by another. */
  private deposed: readonly Buffer[] = [];
  /** Several answered at the same time: a Cluster's shards. Its masters do not come back as such. */
  private isSharded = false;

  /** Whether none was ever seen. */
  get isEmpty(): boolean {
    return this.current.length === 0 && this.earlier.length === 0;
  }

  /** Another server may answer from now on. */
  lost(): void {
    if (this.current.length === 0) return;
    // Not every shard was asked since the loss before.
    const others = this.isSharded ? this.earlier.filter((identity) => !includes(this.current, identity)) : [];
    this.earlier = [...others, ...this.current].slice(-MOST_IDENTITIES);
    this.current = [];
  }

  /** @param identity may be a slice of a network chunk: it is copied */
  see(identity: Buffer): Sighting {
    if (includes(this.current, identity)) return 'known';
    const isFirst = this.isEmpty;
    this.current.push(Buffer.from(identity));
    if (this.current.length > MOST_IDENTITIES) this.current.shift();
    if (this.current.length > 1) this.isSharded = true;
    if (isFirst || includes(this.earlier, identity)) return 'known';

    const isReturned = !this.isSharded && includes(this.deposed, identity);
    if (!this.isSharded) this.deposed = [...this.deposed, this.earlier[0]!].slice(-MOST_IDENTITIES);
    return isReturned ? 'returned' : 'new';
  }
}

function includes(identities: readonly Buffer[], identity: Buffer): boolean {
  return identities.some((other) => other.equals(identity));
}
