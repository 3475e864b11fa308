import { Module } from '@nestjs/common';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';
import { ApiKeyLoader } from './api-key.loader.js';
import { ApiKeyUsage } from './api-key.usage.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyHolders } from './key.holder.js';
import { UnknownKeys } from './unknown.keys.js';
import { UnknownKeysNews } from './unknown-keys.news.js';

@Module({
  controllers: [ApiKeysController],
  providers: [
    { provide: UnknownKeys, useFactory: () => new UnknownKeys() },
    UnknownKeysNews,
    ApiKeyLoader,
    ApiKeyUsage,
    ApiKeyAuthenticator,
    ApiKeysService,
    KeyHolders,
  ],
  exports: [ApiKeyAuthenticator],
})
export class ApiKeysModule {}
