import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { networkStats } from '../catalog/network.entries.js';
import { CachedAnswer } from '../http/cached.answer.js';
import { cachedReply, type CachedReply } from '../http/cached.reply.js';
import { NetworkStatsLoader } from './network-stats.loader.js';
import { networkStatsAnswer, networkStatsView } from './network.view.js';

@ApiTags('network')
@Controller('network')
export class NetworkController {
  constructor(private readonly loader: NetworkStatsLoader) {}

  @Get('stats')
  @ApiOperation({ summary: 'What the whole network comes to; totals may be up to a minute old' })
  @CachedAnswer({
    description: 'What could not be read is null and named in partial',
    schema: networkStatsAnswer,
    unavailable: 'The database cannot be read',
  })
  async stats(): Promise<CachedReply> {
    return cachedReply(networkStats.ref({}), await this.loader.load(), networkStatsView);
  }
}
