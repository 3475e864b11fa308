import { Module } from '@nestjs/common';
import { CreditsController } from './credits.controller.js';
import { CreditsLedger } from './credits.ledger.js';
import { IdempotencyKeys } from './idempotency.keys.js';
import { UsersController } from './users.controller.js';
import { UsersLoader } from './users.loader.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersController, CreditsController],
  providers: [UsersLoader, UsersService, CreditsLedger, IdempotencyKeys],
})
export class UsersModule {}
