import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { tokenBalances } from '../catalog/token-balances.entry.js';
import { AppConfig } from '../config/app.config.js';
import { CachedAnswer } from '../http/cached.answer.js';
import { cachedReply, type CachedReply } from '../http/cached.reply.js';
import { Problem } from '../http/problem.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { TokenBalancesLoader } from './token-balances.loader.js';
import { type TokensParams, tokensParams, type TokensQuery, tokensQuery } from './tokens.query.js';
import { tokensAnswer, tokensPage } from './tokens.view.js';

@ApiTags('tokens')
@Controller('tokens')
export class TokensController {
  private readonly chainIds: readonly number[];

  constructor(
    config: AppConfig,
    private readonly loader: TokenBalancesLoader,
    private readonly limiter: ColdLoadLimiter,
  ) {
    this.chainIds = config.evmChains.map(({ id }) => id);
  }

  @Get(':address')
  @ApiOperation({ summary: 'What a wallet holds on all configured chains, the most valuable first' })
  @CachedAnswer({
    description: 'One page of token balances; amounts are strings',
    schema: tokensAnswer,
    unavailable: 'The source cannot be read',
    limited: true,
  })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  async tokens(
    @Param({ schema: tokensParams }) { address }: TokensParams,
    @Query({ schema: tokensQuery }) query: TokensQuery,
  ): Promise<CachedReply> {
    if (query.chainId !== undefined && !this.chainIds.includes(query.chainId)) {
      throw Problem.badRequest({ field: 'chainId', message: `should be one of ${this.chainIds.join(', ')}` });
    }
    const ref = tokenBalances.ref({ address });
    const balances = await this.limiter.read(ref, () => this.loader.load(address));
    return cachedReply(ref, balances, (value) => tokensPage(value, query, this.chainIds));
  }
}
