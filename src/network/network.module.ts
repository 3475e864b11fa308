import { Module } from '@nestjs/common';
import { BlocksController } from './blocks.controller.js';
import { BlocksLoader } from './blocks.loader.js';
import { NetworkController } from './network.controller.js';
import { NetworkStatsLoader } from './network-stats.loader.js';
import { R3mesClient } from './r3mes.client.js';

@Module({
  controllers: [NetworkController, BlocksController],
  providers: [R3mesClient, BlocksLoader, NetworkStatsLoader],
})
export class NetworkModule {}
