import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type TokenBalances, tokenBalances } from '../catalog/token-balances.entry.js';
import { AppConfig } from '../config/app.config.js';
import { changeRate, freshMsOf, type Observation, withObservation } from './smart-ttl.js';

interface Watched {
  readonly digest: string;
  readonly readAtMs: number;
  readonly observations: readonly Observation[];
}

/** Wallets that are remembered; each costs about 1 KiB at most. The one read longest ago is forgotten first. */
const MAX_WALLETS = 10_000;

/**
 * How long each wallet's balances may live, by how often they were seen to change. Each instance knows what it loaded
 * itself: a wallet whose loads are spread over several is learned more slowly, from longer times between reads.
 */
@Injectable()
export class WalletLives {
  private readonly wallets = new Map<string, Watched>();
  private readonly isOn: boolean;

  constructor(config: AppConfig) {
    // Who sets a life by configuration means it.
    this.isOn = config.freshMsByEntry[tokenBalances.name] === undefined;
  }

  /**
   * Takes notice of what was read.
   * @returns the life of it, ms; null where the entry's own holds
   */
  observe(balances: TokenBalances, nowMs: number = performance.now()): number | null {
    // What lacks a chain cannot be compared.
    if (!this.isOn || balances.partial.length > 0) return null;
    const { address } = balances;
    const before = this.wallets.get(address);
    const digest = digestOf(balances);
    const observations = before === undefined ? [] : observed(before, digest, nowMs);
    this.wallets.delete(address);
    this.wallets.set(address, { digest, readAtMs: nowMs, observations });
    if (this.wallets.size > MAX_WALLETS) this.wallets.delete(this.wallets.keys().next().value!);
    return observations.length === 0 ? null : freshMsOf(changeRate(observations, nowMs));
  }

  get size(): number {
    return this.wallets.size;
  }
}

function observed({ digest, readAtMs, observations }: Watched, found: string, atMs: number): readonly Observation[] {
  const elapsedMs = atMs - readAtMs;
  if (elapsedMs <= 0) return observations;
  return withObservation(observations, { atMs, elapsedMs, changed: digest !== found });
}

/** Balances alone: prices always change, and no event tells of them. */
function digestOf({ tokens }: TokenBalances): string {
  const lines = tokens.map(({ chainId, address, balance }) => `${chainId}:${address}:${balance}`).toSorted();
  return createHash('sha1').update(lines.join('\n')).digest('base64');
}
