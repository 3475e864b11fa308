import { Body, Controller, Get, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OwnerOrScope, RequireScope } from '../auth/index.js';
import { type WalletParams, walletParams } from '../catalog/r3mes-wallet.schema.js';
import { userInfo, type UserInfo } from '../catalog/user.entries.js';
import { CachedAnswer } from '../http/cached.answer.js';
import { cachedReply, type CachedReply } from '../http/cached.reply.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { noSuchUser } from './users.problems.js';
import { UsersLoader } from './users.loader.js';
import { type Registration, registration, type UserChanges, userChanges } from './users.schemas.js';
import { UsersService } from './users.service.js';
import { userAnswer, type UserView, userView } from './users.view.js';

const LOCATION = { Location: { description: 'Where the user is read', schema: { type: 'string' as const } } };

@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly loader: UsersLoader,
    private readonly users: UsersService,
    private readonly limiter: ColdLoadLimiter,
  ) {}

  @Post()
  @RequireScope('users:write')
  @ApiOperation({ summary: 'Registers a wallet as a user; registering it again changes nothing' })
  @ApiResponse({ status: 201, description: 'The new user', headers: LOCATION, standardSchema: userAnswer })
  @ApiResponse({
    status: 200,
    description: 'The user that was there already',
    headers: LOCATION,
    standardSchema: userAnswer,
  })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  @ApiResponse({ status: 503, description: 'The database cannot be used at present' })
  async register(
    @Body({ schema: registration }) { walletAddress }: Registration,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserView> {
    const { user, created } = await this.users.register(walletAddress);
    void reply.status(created ? 201 : 200).header('location', `/api/users/${user.wallet}`);
    return userView(user);
  }

  @Get(':wallet')
  @ApiOperation({ summary: 'A user' })
  @CachedAnswer({
    description: 'The user; credits are a string',
    schema: userAnswer,
    unavailable: 'The database cannot be read',
    limited: true,
  })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  @ApiResponse({ status: 404, description: 'There is no such user' })
  async info(@Param({ schema: walletParams }) { wallet }: WalletParams): Promise<CachedReply> {
    const target = userInfo.ref({ wallet });
    const user = await this.limiter.read<UserInfo | undefined>(target, () => this.loader.loadInfo(wallet));
    if (user === undefined) throw noSuchUser();
    return cachedReply<UserInfo>(target, user, userView);
  }

  @Patch(':wallet')
  @OwnerOrScope('users:write')
  @ApiOperation({ summary: 'Changes what a user is called' })
  @ApiResponse({ status: 200, description: 'The user as it is now', standardSchema: userAnswer })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  @ApiResponse({ status: 404, description: 'There is no such user' })
  @ApiResponse({ status: 503, description: 'The database cannot be used at present' })
  async update(
    @Param({ schema: walletParams }) { wallet }: WalletParams,
    @Body({ schema: userChanges }) changes: UserChanges,
  ): Promise<UserView> {
    const user = await this.users.update(wallet, changes);
    if (user === undefined) throw noSuchUser();
    return userView(user);
  }
}
