import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
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
import { CachedAnswer } from '../http/cached.answer.js';
import { cachedReply, type CachedReply } from '../http/cached.reply.js';
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
import {
  earningsAnswer,
  earningsView,
  firstOfDays,
  hashrateAnswer,
  hashrateView,
  minerStatsAnswer,
  minerStatsView,
} from './miners.view.js';

const LOCATION = { Location: { description: 'Where its statistics are read', schema: { type: 'string' as const } } };
const registeredAnswer = z.object({ wallet_address: z.string(), is_miner: z.literal(true) });
const recordedAnswer = z.object({ wallet_address: z.string(), recorded_at: z.string() });

@ApiTags('miners')
@ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
@Controller('miners')
export class MinersController {
  constructor(
    private readonly loader: MinersLoader,
    private readonly miners: MinersService,
    private readonly limiter: ColdLoadLimiter,
  ) {}

  @Post()
  @RequireScope('miners:write')
  @ApiOperation({ summary: 'Registers a wallet as a miner, and as a user where it is none yet' })
  @ApiResponse({ status: 201, description: 'It is a miner now', headers: LOCATION, standardSchema: registeredAnswer })
  @ApiResponse({ status: 200, description: 'It was one already', headers: LOCATION, standardSchema: registeredAnswer })
  @ApiResponse({ status: 503, description: 'The database cannot be used at present' })
  async register(
    @Body({ schema: minerRegistration }) { walletAddress }: MinerRegistration,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof registeredAnswer>> {
    const registered = await this.miners.register(walletAddress);
    void reply.status(registered ? 201 : 200).header('location', `/api/miners/${walletAddress}/stats`);
    return { wallet_address: walletAddress, is_miner: true };
  }

  @Post(':wallet/stats')
  @RequireScope('miners:write')
  @ApiOperation({ summary: 'Records what a miner reports of itself' })
  @ApiResponse({
    status: 201,
    description: 'It is recorded, and readers see it right after',
    standardSchema: recordedAnswer,
  })
  @ApiResponse({ status: 503, description: 'The database cannot be used at present' })
  @ApiResponse({ status: 404, description: 'There is no such miner' })
  async report(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Body({ schema: minerReport }) report: MinerReport,
  ): Promise<z.output<typeof recordedAnswer>> {
    const recordedAt = await this.miners.report(wallet, report);
    if (recordedAt === undefined) throw noSuchMiner();
    return { wallet_address: wallet, recorded_at: recordedAt.toISOString() };
  }

  @Get(':wallet/stats')
  @ApiOperation({ summary: 'What a miner reported last, and all it has earned' })
  @CachedAnswer({
    description: 'Amounts are strings',
    schema: minerStatsAnswer,
    unavailable: 'The database cannot be read',
    limited: true,
  })
  @ApiResponse({ status: 404, description: 'There is no such miner' })
  async stats(@Param({ schema: walletParams }) { wallet }: WalletParams): Promise<CachedReply> {
    const target = minerStats.ref({ wallet });
    const stats = await this.limiter.read<MinerStats | undefined>(target, () => this.loader.loadStats(wallet));
    if (stats === undefined) throw noSuchMiner();
    return cachedReply<MinerStats>(target, stats, minerStatsView);
  }

  @Get(':wallet/earnings')
  @ApiOperation({ summary: 'What a miner earned on each of the last days' })
  @CachedAnswer({
    description: 'Days with earnings, oldest first; amounts are strings',
    schema: earningsAnswer,
    unavailable: 'The database cannot be read',
    limited: true,
  })
  @ApiResponse({ status: 404, description: 'There is no such miner' })
  async earnings(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Query({ schema: historyQuery }) { days }: HistoryQuery,
  ): Promise<CachedReply> {
    const target = minerEarnings.ref({ wallet });
    const history = await this.limiter.read<readonly DailyEarnings[] | undefined>(target, () =>
      this.loader.loadEarnings(wallet),
    );
    if (history === undefined) throw noSuchMiner();
    const since = (): string => firstOfDays(days, Date.now());
    return cachedReply<readonly DailyEarnings[]>(target, history, (value) => earningsView(value, since()), since);
  }

  @Get(':wallet/hashrate')
  @ApiOperation({ summary: "A miner's mean hashrate on each of the last days" })
  @CachedAnswer({
    description: 'Days with reports, oldest first',
    schema: hashrateAnswer,
    unavailable: 'The database cannot be read',
    limited: true,
  })
  @ApiResponse({ status: 404, description: 'There is no such miner' })
  async hashrate(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Query({ schema: historyQuery }) { days }: HistoryQuery,
  ): Promise<CachedReply> {
    const target = minerHashrate.ref({ wallet });
    const history = await this.limiter.read<readonly DailyHashrate[] | undefined>(target, () =>
      this.loader.loadHashrate(wallet),
    );
    if (history === undefined) throw noSuchMiner();
    const since = (): string => firstOfDays(days, Date.now());
    return cachedReply<readonly DailyHashrate[]>(target, history, (value) => hashrateView(value, since()), since);
  }
}

const noSuchMiner = (): Problem => new Problem(404, 'There is no miner with this wallet.');
