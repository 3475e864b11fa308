import { Module } from '@nestjs/common';
import { InsightClient } from './insight.client.js';
import { WalletLives } from './smart-ttl.wallets.js';
import { TokenBalancesLoader } from './token-balances.loader.js';
import { TokensController } from './tokens.controller.js';
import { WalletListing } from './wallet.listing.js';

@Module({
  controllers: [TokensController],
  providers: [InsightClient, WalletListing, WalletLives, TokenBalancesLoader],
})
export class TokensModule {}
