import { Module } from '@nestjs/common';
import { BridgeClient } from './bridge.client.js';
import { DestinationTokens } from './destination.tokens.js';
import { QuotesController } from './quotes.controller.js';
import { QuotesService } from './quotes.service.js';
import { SaleSimulation } from './sale.simulation.js';
import { StandingAllowances } from './standing.allowances.js';

@Module({
  controllers: [QuotesController],
  providers: [BridgeClient, DestinationTokens, QuotesService, SaleSimulation, StandingAllowances],
})
export class QuotesModule {}
