import { Body, Controller, Get, Header, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { CacheManager, type Explanation } from '@chaincache/cache';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AccessControl, DescribesCredentials, RequireScope } from '../auth/index.js';
import { maskKey } from '../catalog/key.mask.js';
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
import { explanationAnswer } from './explanation.schema.js';
import { readableDuration } from './readable.duration.js';

const statusAnswer = z.object({
  wallet: z.string(),
  cacheKey: z.string(),
  exists: z.boolean(),
  ttl: z.number().nullable().describe('Seconds for which it is still fresh, or null'),
  ttlReadable: z.string().nullable(),
});

const actionAnswer = z.object({
  success: z.literal(true),
  deletedCount: z.number(),
  status: z
    .enum(['applied', 'queued', 'coalesced'])
    .describe('queued: Redis cannot be reached, it follows; coalesced: part of one that follows the cooldown'),
});

type CacheStatus = z.output<typeof statusAnswer>;
type ActionAnswer = z.output<typeof actionAnswer>;

/** Whoever asks knows the key; what they show to others tells nobody whose it is. */
function maskedExplanation(explanation: Explanation): Explanation {
  const { key, tags, lastInvalidation: last } = explanation;
  return {
    ...explanation,
    key: maskKey(key),
    tags: tags.map((one) => ({ ...one, tag: maskKey(one.tag) })),
    lastInvalidation: last && { ...last, of: maskKey(last.of) },
  };
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
  @ApiResponse({ status: 200, description: 'Of the key that is really used', standardSchema: statusAnswer })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
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
  @ApiSecurity({})
  @DescribesCredentials()
  @ApiOperation({ summary: 'Makes entries invalid. invalidateWallet is open, everything else needs a scope' })
  @ApiResponse({ status: 200, description: 'What is named is invalid, or will be', standardSchema: actionAnswer })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  @ApiResponse({ status: 503, description: 'The head of the chain that minBlock is compared with cannot be read' })
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
  @ApiResponse({
    status: 200,
    description: 'What is known of the key. Names are in full for the scope cache:admin only',
    standardSchema: explanationAnswer,
  })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  async explain(
    @Query({ schema: keyQuery }) { key, namespace }: KeyQuery,
    @Req() request: FastifyRequest,
  ): Promise<Explanation> {
    const { scopes } = await this.access.require(request, 'cache:read');
    const explanation = await this.manager.explain(key, namespace);
    return scopes.has('cache:admin') ? explanation : maskedExplanation(explanation);
  }
}
