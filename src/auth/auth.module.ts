import { Global, Module } from '@nestjs/common';
import { AccessControl } from './access.control.js';
import { AUTHENTICATORS, type Authenticator } from './authenticator.port.js';
import { BootstrapKeyAuthenticator } from './bootstrap-key.authenticator.js';

/** Who may do what. */
@Global()
@Module({
  providers: [
    BootstrapKeyAuthenticator,
    {
      provide: AUTHENTICATORS,
      useFactory: (...authenticators: Authenticator[]) => authenticators,
      inject: [BootstrapKeyAuthenticator],
    },
    AccessControl,
  ],
  exports: [AccessControl],
})
export class AuthModule {}
