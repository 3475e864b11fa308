import { applyDecorators, Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessControl, DescribesCredentials } from '../auth/index.js';
import { type WalletParams, walletParams } from '../catalog/r3mes-wallet.schema.js';
import { userCredits, type UserCredits } from '../catalog/user.entries.js';
import { CachedAnswer } from '../http/cached.answer.js';
import { cachedReply, type CachedReply } from '../http/cached.reply.js';
import { Problem } from '../http/problem.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { CreditsLedger, type CreditsOrder } from './credits.ledger.js';
import { creditsRefused, idempotencyKeyReused, noSuchUser } from './users.problems.js';
import { UsersLoader } from './users.loader.js';
import { type CreditsChange, creditsChange } from './users.schemas.js';
import { creditsAnswer, creditsView, type CreditsView } from './users.view.js';

const KEY_EXPECTED =
  'should be 1 to 255 visible ASCII characters, new for each request and the same when it is repeated';

const REPLAYED = {
  'Idempotency-Replayed': {
    description: 'The answer to an earlier request with the same key',
    schema: { type: 'string' as const, enum: ['true'] },
  },
};

/** What adding and deducting have in common, and how the description names what they do not. */
function CreditsOperation({
  summary,
  refused,
}: {
  readonly summary: string;
  readonly refused: string;
}): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    DescribesCredentials('With a credential that lacks the scope credits:write'),
    ApiHeader({ name: 'Idempotency-Key', required: true, description: `It ${KEY_EXPECTED}` }),
    ApiOperation({ summary }),
    ApiResponse({
      status: 200,
      description: 'What the user has after it',
      headers: REPLAYED,
      standardSchema: creditsAnswer,
    }),
    ApiResponse({ status: 400, description: 'Names the field or header that is wrong and what it should be' }),
    ApiResponse({ status: 404, description: 'There is no such user' }),
    ApiResponse({ status: 503, description: 'The database cannot be used at present; the same key may be sent again' }),
    ApiResponse({ status: 409, description: refused }),
    ApiResponse({ status: 422, description: 'The Idempotency-Key was used for another request' }),
  );
}

@ApiTags('credits')
@Controller('users/:wallet/credits')
export class CreditsController {
  constructor(
    private readonly loader: UsersLoader,
    private readonly ledger: CreditsLedger,
    private readonly access: AccessControl,
    private readonly limiter: ColdLoadLimiter,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How many credits a user has' })
  @CachedAnswer({
    description: 'Credits as a string',
    schema: creditsAnswer,
    unavailable: 'The database cannot be read',
    limited: true,
  })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  @ApiResponse({ status: 404, description: 'There is no such user' })
  async credits(@Param({ schema: walletParams }) { wallet }: WalletParams): Promise<CachedReply> {
    const target = userCredits.ref({ wallet });
    const credits = await this.limiter.read<UserCredits | undefined>(target, () => this.loader.loadCredits(wallet));
    if (credits === undefined) throw noSuchUser();
    return cachedReply<UserCredits>(target, credits, creditsView);
  }

  @Post('add')
  @CreditsOperation({
    summary: 'Adds credits; the same Idempotency-Key adds once',
    refused: 'The sum would be more than can be counted',
  })
  add(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Body({ schema: creditsChange }) { amount }: CreditsChange,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreditsView> {
    return this.change({ operation: 'add', wallet, amount }, request, reply);
  }

  @Post('deduct')
  @CreditsOperation({
    summary: 'Deducts credits, never below zero; the same Idempotency-Key deducts once',
    refused: 'The user has fewer credits than are to be deducted',
  })
  deduct(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Body({ schema: creditsChange }) { amount }: CreditsChange,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreditsView> {
    return this.change({ operation: 'deduct', wallet, amount }, request, reply);
  }

  private async change(
    order: Pick<CreditsOrder, 'operation' | 'wallet' | 'amount'>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<CreditsView> {
    const { name: client } = await this.access.require(request, 'credits:write');
    const key = idempotencyKeyOf(request);
    const { outcome, replayed } = await this.ledger.change({ ...order, client, idempotencyKey: key });
    if (replayed) void reply.header('idempotency-replayed', 'true');
    switch (outcome.kind) {
      case 'changed':
        return creditsView({ wallet: order.wallet, credits: outcome.credits });
      case 'refused':
        throw creditsRefused(order.operation, outcome.credits);
      case 'unknown-user':
        throw noSuchUser();
      case 'key-reused':
        throw idempotencyKeyReused();
    }
  }
}

function idempotencyKeyOf({ headers }: FastifyRequest): string {
  const key = headers['idempotency-key'];
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw Problem.badRequest({ field: 'Idempotency-Key', message: KEY_EXPECTED });
}
