import { setTimeout as pause } from 'node:timers/promises';
import { Body, Controller, Get, Header, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CacheWarmer, type WarmProgress } from '@chaincache/cache';
import type { FastifyReply } from 'fastify';
import { RequireScope } from '../auth/index.js';
import { Problem } from '../http/problem.js';
import { progressAnswer, type WarmState, warmStateAnswer } from './cache-warm.view.js';
import { type WarmOrder, warmOrder } from './cache-warm.schemas.js';
import { WarmOrders } from './warm.orders.js';

/** For so long an order is waited for. */
const PATIENCE_MS = 10_000;

@ApiTags('cache')
@Controller('cache/warm')
export class CacheWarmController {
  constructor(
    private readonly orders: WarmOrders,
    private readonly warmer: CacheWarmer,
  ) {}

  @Post()
  @RequireScope('cache:admin')
  @ApiOperation({ summary: 'Loads entries anew: those named, of the wallets named; by default all that are nobody’s' })
  @ApiResponse({
    status: 200,
    description: 'Done: how many were warmed, failed or skipped, by entry',
    standardSchema: progressAnswer,
  })
  @ApiResponse({ status: 202, description: 'Still running: GET tells how far it is', standardSchema: progressAnswer })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  @ApiResponse({ status: 409, description: 'Another order is running' })
  async order(
    @Body({ schema: warmOrder }) order: WarmOrder,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WarmProgress> {
    if (this.orders.isRunning) throw new Problem(409, 'Another order is running: GET tells how far it is.');
    const job = this.orders.begin(order);
    if (job === null) {
      const message = 'should name a wallet of the kind that the entries are of: EVM for token balances, else R3MES';
      throw Problem.badRequest({ field: 'wallets', message });
    }
    const patience = new AbortController();
    await Promise.race([job.done, pause(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    const progress = job.progress();
    void reply.status(progress.status === 'done' ? 200 : 202);
    return progress;
  }

  @Get()
  @RequireScope('cache:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What warming has come to on this instance, and how far the last order is' })
  @ApiResponse({
    status: 200,
    description: 'Counts since the start, and the last order',
    standardSchema: warmStateAnswer,
  })
  state(): WarmState {
    return { ...this.warmer.stats(), order: this.orders.latest?.progress() ?? null };
  }
}
