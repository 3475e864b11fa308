import { Injectable } from '@nestjs/common';
import type { Wallet } from '../../catalog/wallet.js';
import { EvmSignature } from './evm.signature.js';
import { R3mesSignature } from './r3mes.signature.js';
import type { SignInPayload } from './sign-in.payload.js';

export interface SignedPayload {
  readonly payload: SignInPayload;
  readonly signature: string;
  /** R3MES only: an address does not tell it. */
  readonly publicKey?: string | undefined;
}

/** Verifies what wallets of either kind signed. */
@Injectable()
export class WalletSignature {
  constructor(
    private readonly evm: EvmSignature,
    private readonly r3mes: R3mesSignature,
  ) {}

  /** Called when a signature of this kind will follow. */
  prepare(kind: Wallet['kind']): void {
    if (kind === 'evm') this.evm.prepare();
  }

  async isValid(kind: Wallet['kind'], { payload, signature, publicKey = '' }: SignedPayload): Promise<boolean> {
    return kind === 'evm' ? this.evm.isValid(payload, signature) : this.r3mes.isValid(payload, signature, publicKey);
  }
}
