import { Injectable } from '@nestjs/common';
import { checksumAddress } from '../../catalog/evm-address.js';
import { type Wallet, walletOf } from '../../catalog/wallet.js';
import { AppConfig } from '../../config/app.config.js';
import { type Session, SessionTokens } from '../session.tokens.js';
import { NonceSeal } from './nonce.seal.js';
import { refusalOf } from './payload.check.js';
import { type SignInPayload, STATEMENT, VERSION } from './sign-in.payload.js';
import { UsedNonces } from './used.nonces.js';
import { type SignedPayload, WalletSignature } from './wallet.signature.js';

/** How long somebody may take to sign. */
const PAYLOAD_LIFE_MS = 300_000;
/** A payload may come back to an instance whose clock is behind. */
const BACKDATED_MS = 30_000;

/** A sign-in that proves nothing; the message says why, for people. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

/** Lets people prove that a wallet is theirs. */
@Injectable()
export class SignInService {
  constructor(
    private readonly config: AppConfig,
    private readonly seal: NonceSeal,
    private readonly nonces: UsedNonces,
    private readonly signature: WalletSignature,
    private readonly sessions: SessionTokens,
  ) {}

  get chainIds(): readonly number[] {
    return this.config.evmChains.map(({ id }) => id);
  }

  /** What the wallet's owner has to sign. @param chainId one of `chainIds`; default: the first */
  payloadFor({ kind, address }: Wallet, chainId: number = this.chainIds[0]!): SignInPayload {
    const domain = this.config.authDomain;
    this.signature.prepare(kind);
    const now = Date.now();
    return this.seal.sealed({
      domain,
      address: kind === 'evm' ? checksumAddress(address) : address,
      statement: STATEMENT,
      uri: `${/^(localhost|127\.)/.test(domain) ? 'http' : 'https'}://${domain}`,
      version: VERSION,
      ...(kind === 'evm' ? { chain_id: String(chainId) } : {}),
      issued_at: new Date(now).toISOString(),
      expiration_time: new Date(now + PAYLOAD_LIFE_MS).toISOString(),
      invalid_before: new Date(now - BACKDATED_MS).toISOString(),
    });
  }

  /** @throws SignInRefused; SourceError when it cannot be known whether the payload was used before */
  async logIn(signed: SignedPayload): Promise<Session> {
    const { payload } = signed;
    const refusal = refusalOf(payload, Date.now(), {
      domain: this.config.authDomain,
      chainIds: this.chainIds,
      seal: this.seal,
    });
    if (refusal !== null) throw new SignInRefused(refusal);
    const wallet = walletOf(payload.address)!;
    if (!(await this.signature.isValid(wallet.kind, signed))) {
      throw new SignInRefused('The signature is not one of this wallet over this payload.');
    }
    // Only now: otherwise anybody could use up what somebody else is about to sign.
    if (!(await this.nonces.use(payload, wallet.address))) {
      throw new SignInRefused('The payload was signed in with before: ask for a new one.');
    }
    return this.sessions.issue(wallet.address);
  }
}
