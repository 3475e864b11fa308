import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccessControl, RequireScope } from '../auth/index.js';
import { CacheWatch } from './cache.watch.js';
import { type StatsAnswer, statsAnswer } from './stats.schema.js';

/** The figures of the cache, for operators. */
@ApiTags('cache')
@Controller('cache')
export class StatsController {
  constructor(
    private readonly watch: CacheWatch,
    private readonly access: AccessControl,
  ) {}

  @Get('stats')
  @RequireScope('cache:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Hits, misses, rates, response times, top keys and the rest, of this instance and of the fleet',
    description: 'Keys do not tell whose they are, unless whoever asks has the scope cache:admin.',
  })
  @ApiResponse({ status: 200, description: 'Rates are in percent, times in milliseconds', standardSchema: statsAnswer })
  async stats(@Req() request: FastifyRequest): Promise<StatsAnswer> {
    const { scopes } = await this.access.require(request, 'cache:read');
    return this.watch.stats(scopes.has('cache:admin'));
  }
}
