import { Controller, Get, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CacheHeadersInterceptor } from '@chaincache/cache/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NetworkStats } from '../catalog/network.entries.js';
import { CachedAnswer } from '../http/cached.answer.js';
import { conditionalReply } from '../http/conditional.reply.js';
import { EncodedViews } from '../http/encoded.body.js';
import { NetworkStatsLoader } from './network-stats.loader.js';
import { networkStatsAnswer, networkStatsView } from './network.view.js';

@ApiTags('network')
@Controller('network')
@UseInterceptors(CacheHeadersInterceptor)
export class NetworkController {
  private readonly views = new EncodedViews<NetworkStats>();

  constructor(private readonly loader: NetworkStatsLoader) {}

  @Get('stats')
  @ApiOperation({ summary: 'What the whole network comes to; totals may be up to a minute old' })
  @CachedAnswer({
    description: 'What could not be read is null and named in partial',
    schema: networkStatsAnswer,
    unavailable: 'The database cannot be read',
  })
  async stats(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const stats = await this.loader.load();
    return conditionalReply(
      request,
      reply,
      this.views.get(stats, 'stats', () => networkStatsView(stats)),
    );
  }
}
