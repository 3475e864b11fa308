import { Injectable } from '@nestjs/common';
import type { WatchState } from './cometbft/index.js';

/** How a watched chain stands. */
export interface ChainStanding {
  /** `evm:8453`, or `r3mes`. */
  readonly chain: string;
  readonly state: WatchState['kind'];
  /** The last block dealt with, as far as it was told; null before the first. */
  readonly height: number | null;
}

/** The R3MES chain's name here. */
export const R3MES = 'r3mes';

/** What is no trouble: everything is delivered, or is being delivered. */
const WELL: ReadonlySet<WatchState['kind']> = new Set(['live', 'filling']);

export function isWell(state: WatchState['kind']): boolean {
  return WELL.has(state);
}

/** How all watched chains stand. A chain that is not heard is read as before, but nobody hears of its changes. */
@Injectable()
export class ChainStatus {
  private readonly standings = new Map<string, ChainStanding>();

  /** Each chain that is watched, in the order of the configuration. */
  all(): readonly ChainStanding[] {
    return [...this.standings.values()];
  }

  of(chain: string): ChainStanding | undefined {
    return this.standings.get(chain);
  }

  /** Some chain is not heard, so that what changes on it is seen only when it is heard again, or entries expire. */
  get isDegraded(): boolean {
    return this.all().some(({ state }) => !isWell(state));
  }

  /** All that has happened on the EVM chains, as far as their nodes know, is dealt with. */
  get areEvmChainsLive(): boolean {
    return this.all().every(({ chain, state }) => state === 'live' || chain === R3MES);
  }

  enter(chain: string, state: WatchState): void {
    const height = 'height' in state ? state.height : (this.standings.get(chain)?.height ?? null);
    this.standings.set(chain, { chain, state: state.kind, height });
  }
}
