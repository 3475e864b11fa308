import { Body, Controller, Get, Param, Post, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CacheHeadersInterceptor } from '@chaincache/cache/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireScope } from '../auth/index.js';
import {
  type DailyEarnings,
  type DailyHashrate,
  minerEarnings,
  minerHashrate,
  minerStats,
  type MinerStats,
} from '../catalog/miner.entries.js';
import { type WalletParams, walletParams } from '../catalog/r3mes-wallet.schema.js';
import { conditionalReply } from '../http/conditional.reply.js';
import { EncodedViews } from '../http/encoded.body.js';
import { Problem } from '../http/problem.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { MinersLoader } from './miners.loader.js';
import {
  type HistoryQuery,
  historyQuery,
  type MinerRegistration,
  minerRegistration,
  type MinerReport,
  minerReport,
} from './miners.schemas.js';
import { MinersService } from './miners.service.js';
import { earningsView, firstOfDays, hashrateView, minerStatsView } from './miners.view.js';

@ApiTags('miners')
@ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
@ApiResponse({ status: 503, description: 'The database cannot be used at present, and nothing servable is cached' })
@Controller('miners')
@UseInterceptors(CacheHeadersInterceptor)
export class MinersController {
  private readonly statsViews = new EncodedViews<MinerStats>();
  private readonly earningsViews = new EncodedViews<readonly DailyEarnings[]>();
  private readonly hashrateViews = new EncodedViews<readonly DailyHashrate[]>();

  constructor(
    private readonly loader: MinersLoader,
    private readonly miners: MinersService,
    private readonly limiter: ColdLoadLimiter,
  ) {}

  @Post()
  @RequireScope('miners:write')
  @ApiOperation({ summary: 'Registers a wallet as a miner, and as a user where it is none yet' })
  @ApiResponse({ status: 201, description: 'It is a miner now; Location says where' })
  @ApiResponse({ status: 200, description: 'It was one already' })
  async register(
    @Body({ schema: minerRegistration }) { walletAddress }: MinerRegistration,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly wallet_address: string; readonly is_miner: true }> {
    const registered = await this.miners.register(walletAddress);
    void reply.status(registered ? 201 : 200).header('location', `/api/miners/${walletAddress}/stats`);
    return { wallet_address: walletAddress, is_miner: true };
  }

  @Post(':wallet/stats')
  @RequireScope('miners:write')
  @ApiOperation({ summary: 'Records what a miner reports of itself' })
  @ApiResponse({ status: 201, description: 'It is recorded, and readers see it right after' })
  @ApiResponse({ status: 404, description: 'There is no such miner' })
  async report(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Body({ schema: minerReport }) report: MinerReport,
  ): Promise<{ readonly wallet_address: string; readonly recorded_at: string }> {
    const recordedAt = await this.miners.report(wallet, report);
    if (recordedAt === undefined) throw noSuchMiner();
    return { wallet_address: wallet, recorded_at: recordedAt.toISOString() };
  }

  @Get(':wallet/stats')
  @ApiOperation({ summary: 'What a miner reported last, and all it has earned' })
  @ApiResponse({ status: 200, description: 'Amounts are strings' })
  @ApiResponse({ status: 304, description: 'The copy named by If-None-Match is up to date' })
  @ApiResponse({ status: 404, description: 'There is no such miner' })
  @ApiResponse({ status: 429, description: 'Too many cold loads; hits are never limited' })
  async stats(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const target = minerStats.ref({ wallet });
    const stats = await this.limiter.read<MinerStats | undefined>(target, () => this.loader.loadStats(wallet));
    if (stats === undefined) throw noSuchMiner();
    return conditionalReply(
      request,
      reply,
      this.statsViews.get(stats, 'stats', () => minerStatsView(stats)),
    );
  }

  @Get(':wallet/earnings')
  @ApiOperation({ summary: 'What a miner earned on each of the last days' })
  @ApiResponse({ status: 200, description: 'Days with earnings, oldest first; amounts are strings' })
  @ApiResponse({ status: 304, description: 'The copy named by If-None-Match is up to date' })
  @ApiResponse({ status: 404, description: 'There is no such miner' })
  @ApiResponse({ status: 429, description: 'Too many cold loads; hits are never limited' })
  async earnings(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Query({ schema: historyQuery }) { days }: HistoryQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const target = minerEarnings.ref({ wallet });
    const history = await this.limiter.read<readonly DailyEarnings[] | undefined>(target, () =>
      this.loader.loadEarnings(wallet),
    );
    if (history === undefined) throw noSuchMiner();
    const since = firstOfDays(days, Date.now());
    return conditionalReply(
      request,
      reply,
      this.earningsViews.get(history, since, () => earningsView(history, since)),
    );
  }

  @Get(':wallet/hashrate')
  @ApiOperation({ summary: "A miner's mean hashrate on each of the last days" })
  @ApiResponse({ status: 200, description: 'Days with reports, oldest first' })
  @ApiResponse({ status: 304, description: 'The copy named by If-None-Match is up to date' })
  @ApiResponse({ status: 404, description: 'There is no such miner' })
  @ApiResponse({ status: 429, description: 'Too many cold loads; hits are never limited' })
  async hashrate(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Query({ schema: historyQuery }) { days }: HistoryQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const target = minerHashrate.ref({ wallet });
    const history = await this.limiter.read<readonly DailyHashrate[] | undefined>(target, () =>
      this.loader.loadHashrate(wallet),
    );
    if (history === undefined) throw noSuchMiner();
    const since = firstOfDays(days, Date.now());
    return conditionalReply(
      request,
      reply,
      this.hashrateViews.get(history, since, () => hashrateView(history, since)),
    );
  }
}

const noSuchMiner = (): Problem => new Problem(404, 'There is no miner with this wallet.');
