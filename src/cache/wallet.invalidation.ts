import type { OnModuleDestroy } from '@nestjs/common';
import {
  type CacheInvalidator,
  type CancelTimer,
  type Clock,
  type InvalidationOutcome,
  systemClock,
} from '@chaincache/cache';
import type { Wallet } from '../catalog/wallet.js';
import { TokenBuckets } from '../source/token.bucket.js';

export interface WalletInvalidationOutcome extends Omit<InvalidationOutcome, 'status'> {
  /** `coalesced`: part of an invalidation that follows when the cooldown ends. */
  readonly status: InvalidationOutcome['status'] | 'coalesced';
}

/** The time after an invalidation of one wallet in which further ones are gathered. */
interface Cooldown {
  readonly tags: readonly string[];
  /** Heights up to this one have been demanded, or existed, when the wallet was last invalidated. */
  readonly height: number;
  /** What was asked for since. */
  gathered: { readonly minHeight: number | undefined } | null;
  readonly cancel: CancelTimer;
}

/** For each client, over all wallets: a person does not sell more often. */
const CLIENT_PER_MINUTE = 60;
const CLIENT_BURST = 20;

/**
 * Invalidations that anybody may ask for. The first of a wallet is applied at once and begins its cooldown; what is
 * asked for during the cooldown, or by a client that asks too often, becomes one invalidation at the end of it. So
 * repetition costs the source one load in a cooldown, and nothing that was asked for is lost. A demand for a block
 * newer than all before is applied at once: there is something new to see, and blocks do not come faster than they come.
 */
export class WalletInvalidation implements OnModuleDestroy {
  private readonly cooldowns = new Map<string, Cooldown>();
  private readonly clients: TokenBuckets;

  constructor(
    private readonly invalidator: Pick<CacheInvalidator, 'invalidateByTags'>,
    private readonly cooldownMs: number,
    private readonly clock: Clock = systemClock,
  ) {
    this.clients = new TokenBuckets(CLIENT_PER_MINUTE, CLIENT_BURST, () => this.clock.now());
  }

  /** @param head the highest block known of the wallet's chain, or undefined */
  async invalidate(
    { address, tags }: Wallet,
    client: string,
    minBlock: number | undefined,
    head: number | undefined,
  ): Promise<WalletInvalidationOutcome> {
    const running = this.cooldowns.get(address);
    const isNews = minBlock !== undefined && minBlock > (running?.height ?? -1);
    if (!isNews && (running !== undefined || this.clients.take(client) > 0)) {
      const cooldown = running ?? this.begin(address, tags, -1);
      cooldown.gathered = { minHeight: highest(cooldown.gathered?.minHeight, minBlock) };
      return { status: 'coalesced', deletedCount: 0 };
    }
    const minHeight = highest(running?.gathered?.minHeight, minBlock);
    running?.cancel();
    this.begin(address, tags, highest(minHeight, head) ?? -1);
    return this.apply(tags, minHeight);
  }

  /** What was gathered is applied now rather than lost. */
  async onModuleDestroy(): Promise<void> {
    const cooldowns = [...this.cooldowns.values()];
    this.cooldowns.clear();
    for (const { cancel } of cooldowns) cancel();
    const gathered = cooldowns.filter((cooldown) => cooldown.gathered !== null);
    await Promise.allSettled(gathered.map((cooldown) => this.apply(cooldown.tags, cooldown.gathered?.minHeight)));
  }

  private begin(address: string, tags: readonly string[], height: number): Cooldown {
    const cancel = this.clock.setTimer(() => void this.end(address), this.cooldownMs);
    const cooldown: Cooldown = { tags, height, gathered: null, cancel };
    this.cooldowns.set(address, cooldown);
    return cooldown;
  }

  private async end(address: string): Promise<void> {
    const cooldown = this.cooldowns.get(address);
    this.cooldowns.delete(address);
    if (!cooldown?.gathered) return;
    const { minHeight } = cooldown.gathered;
    this.begin(address, cooldown.tags, Math.max(cooldown.height, minHeight ?? -1));
    // Neither the store nor the outbox took it: the library has told of it, and nobody waits for this one.
    await this.apply(cooldown.tags, minHeight).catch(() => undefined);
  }

  private apply(tags: readonly string[], minHeight: number | undefined): Promise<InvalidationOutcome> {
    return this.invalidator.invalidateByTags(tags, minHeight === undefined ? {} : { minHeight });
  }
}

function highest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}
