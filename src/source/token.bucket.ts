/** One client's allowance: `burst` at once, refilled evenly. */
interface Bucket {
  tokens: number;
  refilledAtMs: number;
}

/** Most buckets kept. One costs about 150 bytes; the one unused for longest is given up first. */
const MAX_BUCKETS = 50_000;

/**
 * Token buckets by client (leaky bucket as a meter, ITU-T I.371). Bounded: a client whose bucket was given up begins
 * with a full one.
 */
export class TokenBuckets {
  /** In order of last use. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perMinute: number,
    private readonly burst: number,
    private readonly now: () => number = () => performance.now(),
    private readonly maxBuckets: number = MAX_BUCKETS,
  ) {}

  /** Takes one token. Returns 0, or after how many ms there will be one. */
  take(client: string): number {
    const bucket = this.refilled(client);
    const waitMs = this.waitMs(bucket);
    if (waitMs === 0) bucket.tokens -= 1;
    return waitMs;
  }

  /** What `take` would return, without taking. */
  peek(client: string): number {
    return this.waitMs(this.refilled(client));
  }

  get size(): number {
    return this.buckets.size;
  }

  private get perMs(): number {
    return this.perMinute / 60_000;
  }

  private waitMs({ tokens }: Bucket): number {
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / this.perMs);
  }

  private refilled(client: string): Bucket {
    const nowMs = this.now();
    const bucket = this.buckets.get(client) ?? { tokens: this.burst, refilledAtMs: nowMs };
    bucket.tokens = Math.min(this.burst, bucket.tokens + (nowMs - bucket.refilledAtMs) * this.perMs);
    bucket.refilledAtMs = nowMs;
    this.buckets.delete(client);
    this.buckets.set(client, bucket);
    if (this.buckets.size > this.maxBuckets) this.buckets.delete(this.buckets.keys().next().value!);
    return bucket;
  }
}
