import { Body, Controller, Get, Header, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppConfig } from '../config/app.config.js';
import { Problem } from '../http/problem.js';
import { clientOf } from '../source/client.context.js';
import { TokenBuckets } from '../source/token.bucket.js';
import { DestinationTokens } from './destination.tokens.js';
import {
  type DestinationsAnswer,
  destinationsAnswer,
  type DestinationsQuery,
  destinationsQuery,
  type QuotesAnswer,
  quotesAnswer,
  type QuotesBody,
  quotesBody,
} from './quotes.schemas.js';
import { QuotesService } from './quotes.service.js';

/** A person looks at a quote for seconds; each one costs a call to the Bridge for every token. */
const REQUESTS_PER_MINUTE = 30;
const REQUESTS_BURST = 15;

type OpenApiSchema = NonNullable<Extract<Parameters<typeof ApiResponse>[0], { schema?: unknown }>['schema']>;
const schemaOf = (schema: z.ZodType): OpenApiSchema =>
  z.toJSONSchema(schema, { target: 'openapi-3.0' }) as OpenApiSchema;

/** What tokens can be sold for, and the calls that sell them. Nothing here is cached: a price is good for seconds. */
@ApiTags('quotes')
@Controller('quotes')
export class QuotesController {
  private readonly clients = new TokenBuckets(REQUESTS_PER_MINUTE, REQUESTS_BURST);

  constructor(
    private readonly config: AppConfig,
    private readonly service: QuotesService,
    private readonly destinationTokens: DestinationTokens,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'What tokens of a wallet would bring, with the calls that sell them, or why each cannot be sold',
  })
  @ApiResponse({ status: 200, description: 'Quotes and failures; amounts are strings', schema: schemaOf(quotesAnswer) })
  @ApiResponse({ status: 429, description: 'Too many quotes; Retry-After tells when there is the next' })
  @ApiResponse({ status: 503, description: 'The Bridge cannot be asked' })
  quotes(@Body({ schema: quotesBody }) body: QuotesBody, @Req() request: FastifyRequest): Promise<QuotesAnswer> {
    this.checkChain(body.chainId);
    const retryAfterMs = this.clients.take(clientOf(request.ip));
    if (retryAfterMs > 0) throw new Problem(429, 'Too many quotes were asked for at once.', { retryAfterMs });
    return this.service.quotes(body);
  }

  @Get('destinations')
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({ summary: 'What tokens can be sold for, the default first' })
  @ApiResponse({
    status: 200,
    description: 'Tokens of all chains, or of one',
    schema: schemaOf(destinationsAnswer),
    headers: {
      'Cache-Control': { description: 'A copy may be kept', schema: { type: 'string', enum: ['public, max-age=300'] } },
    },
  })
  async destinations(
    @Query({ schema: destinationsQuery }) { chainId }: DestinationsQuery,
  ): Promise<DestinationsAnswer> {
    if (chainId !== undefined) this.checkChain(chainId);
    return { success: true, destinations: [...(await this.destinationTokens.list(chainId))] };
  }

  private checkChain(chainId: number): void {
    const ids = this.config.evmChains.map(({ id }) => id);
    if (!ids.includes(chainId)) {
      throw Problem.badRequest({ field: 'chainId', message: `should be one of ${ids.join(', ')}` });
    }
  }
}
