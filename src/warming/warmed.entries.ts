import { Injectable } from '@nestjs/common';
import { CacheWarmer } from '@chaincache/cache';
import { Warm } from '@chaincache/cache/nest';
import { BlockCreated } from '../catalog/events/block-created.event.js';
import { MinerRegistered } from '../catalog/events/miner-registered.event.js';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { UserLoggedIn } from '../catalog/events/user-logged-in.event.js';
import { minerStats } from '../catalog/miner.entries.js';
import { blockHeight, networkStats, recentBlocks } from '../catalog/network.entries.js';
import { tokenBalances } from '../catalog/token-balances.entry.js';
import { userCredits, userInfo } from '../catalog/user.entries.js';
import { walletOf } from '../catalog/wallet.js';

/** People of R3MES have a record; those of EVM wallets have none. */
const userOf = ({ wallet }: UserLoggedIn): { readonly wallet: string }[] =>
  walletOf(wallet)?.kind === 'r3mes' ? [{ wallet }] : [];

/** Those of a transfer's wallets that somebody is looking at; most are strangers. */
function activeOf(this: WarmedEntries, { from, to }: TokensTransferred): { readonly address: string }[] {
  return [...new Set([from, to])]
    .filter((address) => this.warmer.isHot(tokenBalances.ref({ address }).key))
    .map((address) => ({ address }));
}

/** What is warmed, and when. What readers keep hot on top stands in `FleetWarmRunner`. */
@Injectable()
@Warm(networkStats, { atStart: true, every: '5m' })
@Warm(recentBlocks, { atStart: true, every: '30s' })
@Warm(blockHeight, { atStart: true, every: '10s' })
@Warm(networkStats, { on: BlockCreated })
@Warm(recentBlocks, { on: BlockCreated })
@Warm(blockHeight, { on: BlockCreated })
@Warm(userInfo, { on: UserLoggedIn, params: userOf })
@Warm(userCredits, { on: UserLoggedIn, params: userOf })
@Warm(minerStats, { on: MinerRegistered, params: ({ wallet }) => [{ wallet }] })
@Warm(tokenBalances, { on: TokensTransferred, params: activeOf })
export class WarmedEntries {
  constructor(readonly warmer: CacheWarmer) {}
}
