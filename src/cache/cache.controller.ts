import { Body, Controller, Get, Header, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { CacheManager, type Explanation } from '@chaincache/cache';
import type { FastifyRequest } from 'fastify';
import { AccessControl, RequireScope } from '../auth/index.js';
import { Problem } from '../http/problem.js';
import { clientOf } from '../source/client.context.js';
import { ActionRefused, CacheActions, scopeOf } from './cache.actions.js';
import {
  type CacheAction,
  cacheAction,
  type KeyQuery,
  keyQuery,
  type WalletQuery,
  walletQuery,
} from './cache.schemas.js';
import { readableDuration } from './readable.duration.js';
import type { WalletInvalidationOutcome } from './wallet.invalidation.js';

interface CacheStatus {
  readonly wallet: string;
  readonly cacheKey: string;
  readonly exists: boolean;
  /** Seconds for which it is still fresh, or null. */
  readonly ttl: number | null;
  readonly ttlReadable: string | null;
}

interface ActionAnswer extends WalletInvalidationOutcome {
  readonly success: true;
}

@ApiTags('cache')
@Controller('cache')
export class CacheController {
  constructor(
    private readonly manager: CacheManager,
    private readonly actions: CacheActions,
    private readonly access: AccessControl,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether a wallet is cached, and for how long it is still fresh' })
  async status(@Query({ schema: walletQuery }) { wallet }: WalletQuery): Promise<CacheStatus> {
    const ttlMs = await this.manager.ttl(wallet.ref);
    const ttl = ttlMs === null ? null : Math.floor(ttlMs / 1_000);
    return {
      wallet: wallet.address,
      cacheKey: wallet.ref.key,
      exists: ttl !== null,
      ttl,
      ttlReadable: ttl === null ? null : readableDuration(ttl),
    };
  }

  @Post()
  @HttpCode(200)
  @ApiSecurity('api-key')
  @ApiOperation({ summary: 'Makes entries invalid. invalidateWallet is open, everything else needs a scope' })
  async act(@Body({ schema: cacheAction }) action: CacheAction, @Req() request: FastifyRequest): Promise<ActionAnswer> {
    const scope = scopeOf(action);
    if (scope !== null) await this.access.require(request, scope);
    try {
      const { status, deletedCount } = await this.actions.run(action, clientOf(request.ip));
      return { success: true, deletedCount, status };
    } catch (error) {
      if (error instanceof ActionRefused) throw Problem.badRequest({ field: error.field, message: error.expected });
      throw error;
    }
  }

  @Get('explain')
  @RequireScope('cache:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Why a key is served as it is: tiers, ages, tags, versions, the last invalidation' })
  explain(@Query({ schema: keyQuery }) { key, namespace }: KeyQuery): Promise<Explanation> {
    return this.manager.explain(key, namespace);
  }
}
