import { Injectable } from '@nestjs/common';
import { ripemd160, Secp256k1, Secp256k1Signature, sha256 } from '@cosmjs/crypto';
import { bech32 } from '@scure/base';
import { messageOf, type SignInPayload } from './sign-in.payload.js';

const PUBLIC_KEY_BYTES = 33;
const SIGNATURE_BYTES = 64;

/**
 * What an R3MES wallet signs: a transaction that can never be one, with the text as its data (Cosmos SDK, ADR-036). The
 * fields stand in the order in which they are signed. Keplr's `signArbitrary` makes the same of the text.
 */
export function signDocOf(payload: SignInPayload) {
  const data = Buffer.from(messageOf(payload, 'R3MES')).toString('base64');
  return {
    account_number: '0',
    chain_id: '',
    fee: { amount: [], gas: '0' },
    memo: '',
    msgs: [{ type: 'sign/MsgSignData', value: { data, signer: payload.address } }],
    sequence: '0',
  };
}

/** Verifies what R3MES wallets signed: secp256k1, over the sign doc. */
@Injectable()
export class R3mesSignature {
  /** @param signature base64 of r and s @param publicKey base64 of the compressed key */
  isValid(payload: SignInPayload, signature: string, publicKey: string): boolean {
    const key = Buffer.from(publicKey, 'base64');
    const rs = Buffer.from(signature, 'base64');
    if (key.length !== PUBLIC_KEY_BYTES || rs.length !== SIGNATURE_BYTES) return false;
    if (addressOf(key) !== payload.address) return false;
    const digest = sha256(Buffer.from(JSON.stringify(signDocOf(payload))));
    try {
      return Secp256k1.verifySignature(Secp256k1Signature.fromFixedLength(rs), digest, key);
    } catch {
      // Bytes that are no point of the curve.
      return false;
    }
  }
}

/** The address of a key: RIPEMD-160 over SHA-256, in bech32. */
function addressOf(publicKey: Uint8Array): string {
  return bech32.encode('remes', bech32.toWords(ripemd160(sha256(publicKey))));
}
