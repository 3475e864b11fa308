import { Injectable } from '@nestjs/common';
import { messageOf, type SignInPayload } from './sign-in.payload.js';

/**
 * Verifies what EVM wallets signed, through thirdweb's SDK, which is loaded on first use: it costs a second and 60 MB.
 *
 * Only accounts with a key of their own (EIP-191): asking the contract of a contract wallet takes calls to a node, which
 * anybody could cause. The SDK's `createAuth` is not used, for it reports each login to thirdweb.
 */
@Injectable()
export class EvmSignature {
  /** Loads the SDK ahead of the first signature. */
  prepare(): void {
    void import('thirdweb/auth').catch(() => undefined);
  }

  async isValid(payload: SignInPayload, signature: string): Promise<boolean> {
    const { verifyEOASignature } = await import('thirdweb/auth');
    const message = messageOf(payload, 'Ethereum');
    try {
      return await verifyEOASignature({ message, signature, address: payload.address });
    } catch {
      // Digits that are no point of the curve.
      return false;
    }
  }
}
