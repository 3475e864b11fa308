import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DescribesCredentials } from '../auth/index.js';
import { Problem } from '../http/problem.js';
import {
  type KeyParams,
  keyParams,
  type KeyRequest,
  keyRequest,
  type ListQuery,
  listQuery,
} from './api-keys.schemas.js';
import { ApiKeysService, MAX_ACTIVE_KEYS } from './api-keys.service.js';
import { apiKeyAnswer, apiKeysAnswer, type ApiKeyView, apiKeyView, createdKeyAnswer } from './api-keys.view.js';
import { KeyHolders } from './key.holder.js';

@ApiTags('api-keys')
@DescribesCredentials()
@ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
@ApiResponse({ status: 503, description: 'The database cannot be used at present' })
@Controller('api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly holders: KeyHolders,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Makes an API key; only an admin grants scopes' })
  @ApiResponse({ status: 201, description: 'The key, shown this once', standardSchema: createdKeyAnswer })
  @ApiResponse({ status: 409, description: `The wallet has ${MAX_ACTIVE_KEYS} active keys` })
  async create(
    @Body({ schema: keyRequest }) { walletAddress, name, expiresDays, scopes }: KeyRequest,
    @Req() request: FastifyRequest,
  ): Promise<ApiKeyView & { readonly key: string }> {
    const { admin, wallet } = await this.holders.holderOf(request, walletAddress);
    if (!admin && scopes.length > 0) throw new Problem(403, 'Only an admin grants scopes.');
    if (wallet === null) throw walletMissing();
    const created = await this.keys.create({
      wallet,
      name: name ?? null,
      expiresDays: expiresDays ?? null,
      scopes,
    });
    if (created === null) {
      throw new Problem(409, `The wallet has ${MAX_ACTIVE_KEYS} active API keys, the most it may have: revoke one.`);
    }
    return { ...apiKeyView(created.row), key: created.key };
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The newest 100 API keys of a wallet, revoked ones included' })
  @ApiResponse({
    status: 200,
    description: 'The keys, without what they are shown as once',
    standardSchema: apiKeysAnswer,
  })
  async list(
    @Query({ schema: listQuery }) { walletAddress }: ListQuery,
    @Req() request: FastifyRequest,
  ): Promise<{ readonly apiKeys: readonly ApiKeyView[] }> {
    const { wallet } = await this.holders.holderOf(request, walletAddress);
    if (wallet === null) throw walletMissing();
    const rows = await this.keys.list(wallet);
    return { apiKeys: rows.map(apiKeyView) };
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes an API key worthless on every instance at once' })
  @ApiResponse({
    status: 200,
    description: 'The key, no longer active; revoking it again changes nothing',
    standardSchema: apiKeyAnswer,
  })
  @ApiResponse({ status: 404, description: 'There is no such key' })
  async revoke(@Param({ schema: keyParams }) { id }: KeyParams, @Req() request: FastifyRequest): Promise<ApiKeyView> {
    const { wallet } = await this.holders.holderOf(request, undefined);
    const row = await this.keys.revoke(id, wallet);
    if (row === undefined) throw new Problem(404, 'There is no API key with this id.');
    return apiKeyView(row);
  }
}

function walletMissing(): Problem {
  return Problem.badRequest({ field: 'walletAddress', message: 'should say whose API keys an admin means' });
}
