import { Global, Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApiKeyAuthenticator } from '../api-keys/index.js';
import { AccessControl } from './access.control.js';
import { AuthSecrets } from './auth.secrets.js';
import { AUTHENTICATORS, type Authenticator } from './authenticator.port.js';
import { BootstrapKeyAuthenticator } from './bootstrap-key.authenticator.js';
import { SessionTokens } from './session.tokens.js';
import { EvmSignature } from './sign-in/evm.signature.js';
import { NonceSeal } from './sign-in/nonce.seal.js';
import { R3mesSignature } from './sign-in/r3mes.signature.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { UsedNonces } from './sign-in/used.nonces.js';
import { WalletSignature } from './sign-in/wallet.signature.js';

/** Who may do what, and how people prove who they are. */
@Global()
@Module({
  imports: [ApiKeysModule],
  controllers: [SignInController],
  providers: [
    AuthSecrets,
    BootstrapKeyAuthenticator,
    SessionTokens,
    {
      provide: AUTHENTICATORS,
      useFactory: (...authenticators: Authenticator[]) => authenticators,
      inject: [BootstrapKeyAuthenticator, SessionTokens, ApiKeyAuthenticator],
    },
    AccessControl,
    NonceSeal,
    UsedNonces,
    EvmSignature,
    R3mesSignature,
    WalletSignature,
    SignInService,
  ],
  exports: [AccessControl],
})
export class AuthModule {}
