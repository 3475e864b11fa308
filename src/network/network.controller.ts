import { Controller, Get, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CacheHeadersInterceptor } from '@chaincache/cache/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NetworkStats } from '../catalog/network.entries.js';
import { conditionalReply } from '../http/conditional.reply.js';
import { EncodedViews } from '../http/encoded.body.js';
import { NetworkStatsLoader } from './network-stats.loader.js';
import { networkStatsView } from './network.view.js';

@ApiTags('network')
@Controller('network')
@UseInterceptors(CacheHeadersInterceptor)
export class NetworkController {
  private readonly views = new EncodedViews<NetworkStats>();

  constructor(private readonly loader: NetworkStatsLoader) {}

  @Get('stats')
  @ApiOperation({ summary: 'What the whole network comes to; totals may be up to a minute old' })
  @ApiResponse({ status: 200, description: 'What could not be read is null and named in partial' })
  @ApiResponse({ status: 304, description: 'The copy named by If-None-Match is up to date' })
  @ApiResponse({ status: 503, description: 'The database cannot be read and nothing servable is cached' })
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
