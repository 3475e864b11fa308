import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessControl, RequireScope } from '../auth/index.js';
import { beginEventStream } from '../http/event.stream.js';
import { Problem } from '../http/problem.js';
import { clientOf } from '../source/client.context.js';
import { LiveStats } from './live.stats.js';
import { StatsStreams } from './stats.streams.js';

const RETRY_AFTER_MS = 30_000;

/** The figures of the cache as they change, for the console. */
@ApiTags('cache')
@Controller('cache/stats')
export class ConsoleController {
  constructor(
    private readonly live: LiveStats,
    private readonly streams: StatsStreams,
    private readonly access: AccessControl,
  ) {}

  @Get('stream')
  @RequireScope('cache:read')
  @ApiOperation({
    summary: 'Server-sent events: the answer of cache/stats, every 2 s',
    description: 'Ends when the key is revoked. Keys do not tell whose they are, unless whoever asks has cache:admin.',
  })
  @ApiResponse({
    status: 200,
    description: 'An event open, with the last half hour, then events stats',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 429, description: 'Too many open streams' })
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const recheck = () => this.access.require(request, 'cache:read');
    const principal = await recheck();
    const client = clientOf(request.ip);
    if (!this.streams.admits(client)) {
      throw new Problem(429, 'Too many consoles are open.', { retryAfterMs: RETRY_AFTER_MS });
    }
    await this.live.open(client, beginEventStream(reply), principal, recheck);
  }
}
