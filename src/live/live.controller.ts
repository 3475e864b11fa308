import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { beginEventStream } from '../http/event.stream.js';
import { Problem } from '../http/problem.js';
import { clientOf } from '../source/client.context.js';
import { type WalletParams, walletParams } from './live.schemas.js';
import { WalletStreams } from './wallet.streams.js';

const RETRY_AFTER_MS = 30_000;

@ApiTags('tokens')
@Controller('tokens')
export class LiveController {
  constructor(private readonly streams: WalletStreams) {}

  @Get(':address/events')
  @ApiOperation({ summary: 'Server-sent events: `changed` when what a wallet holds should be asked for again' })
  @ApiResponse({
    status: 200,
    description: 'Events open, changed and doubted, and a comment every 15 s',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 429, description: 'Too many open streams' })
  events(
    @Param({ schema: walletParams }) { address }: WalletParams,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const client = clientOf(request.ip);
    if (!this.streams.admits(client)) {
      throw new Problem(429, 'Too many streams of events are open.', { retryAfterMs: RETRY_AFTER_MS });
    }
    // Once it ends there is nothing to keep the connection for, least of all when the process stops.
    this.streams.open(address, client, beginEventStream(reply, { connection: 'close' }));
  }
}
