import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Problem } from '../../http/problem.js';
import { ColdLoadLimiter } from '../../source/cold-load.limiter.js';
import { messageOf, type SignInPayload } from './sign-in.payload.js';
import { signDocOf } from './r3mes.signature.js';
import { type LoginRequest, loginRequest, type PayloadRequest, payloadRequest } from './sign-in.schemas.js';
import { SignInRefused, SignInService } from './sign-in.service.js';

interface PayloadAnswer {
  readonly payload: SignInPayload;
  /** What an EVM wallet signs (`personal_sign`), and what Keplr's `signArbitrary` takes. */
  readonly message: string;
  /** What an R3MES wallet signs, for wallets that take sign docs. */
  readonly signDoc?: ReturnType<typeof signDocOf>;
}

const payloadAnswer = z.object({
  payload: z.object({
    domain: z.string(),
    address: z.string(),
    statement: z.string(),
    uri: z.string(),
    version: z.string(),
    chain_id: z.string().optional().describe('EVM only'),
    nonce: z.string(),
    issued_at: z.string(),
    expiration_time: z.string(),
    invalid_before: z.string(),
  }) satisfies z.ZodType<SignInPayload>,
  message: z.string().describe('What an EVM wallet signs (personal_sign), and what signArbitrary takes'),
  signDoc: z.record(z.string(), z.unknown()).optional().describe('What an R3MES wallet signs that takes sign docs'),
});

const loginAnswer = z.object({
  token: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.number().describe('Seconds'),
});

type LoginAnswer = z.output<typeof loginAnswer>;

@ApiTags('auth')
@Controller('auth')
export class SignInController {
  constructor(
    private readonly signIn: SignInService,
    private readonly limiter: ColdLoadLimiter,
  ) {}

  @Post('payload')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What the owner of a wallet has to sign, within 5 minutes' })
  @ApiResponse({
    status: 200,
    description: 'EIP-4361 for an EVM wallet, ADR-036 for an R3MES one',
    standardSchema: payloadAnswer,
  })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  payload(@Body({ schema: payloadRequest }) { address, chainId }: PayloadRequest): PayloadAnswer {
    const evm = address.kind === 'evm';
    if (chainId !== undefined && (!evm || !this.signIn.chainIds.includes(chainId))) {
      const expected = evm ? `one of ${this.signIn.chainIds.join(', ')}` : 'left out for an R3MES wallet';
      throw Problem.badRequest({ field: 'chainId', message: `should be ${expected}` });
    }
    const payload = this.signIn.payloadFor(address, chainId);
    if (evm) return { payload, message: messageOf(payload, 'Ethereum') };
    return { payload, message: messageOf(payload, 'R3MES'), signDoc: signDocOf(payload) };
  }

  @Post('login')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Gives the owner of a wallet a session of 15 minutes for a signed payload' })
  @ApiResponse({ status: 200, description: 'A JWT to send as "Authorization: Bearer …"', standardSchema: loginAnswer })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  @ApiResponse({ status: 401, description: 'The payload or its signature proves nothing; says why' })
  @ApiResponse({ status: 429, description: 'Too many sign-ins or cold loads by this client' })
  @ApiResponse({ status: 503, description: 'The database, which knows what was used before, cannot be used' })
  async login(@Body({ schema: loginRequest }) signed: LoginRequest): Promise<LoginAnswer> {
    // To verify a signature costs this process more than most loads do.
    this.limiter.admit();
    try {
      const { token, expiresInS } = await this.signIn.logIn(signed);
      return { token, tokenType: 'Bearer', expiresIn: expiresInS };
    } catch (error) {
      if (!(error instanceof SignInRefused)) throw error;
      throw new Problem(401, error.message, { headers: { 'www-authenticate': 'Bearer realm="chaincache"' } });
    }
  }
}
