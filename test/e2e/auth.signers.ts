import { createHash, randomBytes } from 'node:crypto';
import { ripemd160, Secp256k1 } from '@cosmjs/crypto';
import { bech32 } from '@scure/base';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import type { TestApi } from './r3mes-api.js';

/** Somebody with a wallet who can sign in. */
export interface Signer {
  /** As the wallet shows it. */
  readonly address: string;
  /** What is sent beside the payload. @param as the wallet that an R3MES sign doc names; default: the signer's own */
  sign(message: string, as?: string): Promise<{ readonly signature: string; readonly publicKey?: string }>;
}

export function evmSigner(): Signer {
  const account = privateKeyToAccount(generatePrivateKey());
  return {
    address: account.address,
    sign: async (message) => ({ signature: await account.signMessage({ message }) }),
  };
}

/** Signs as Keplr's `signArbitrary` does. The bytes are spelt out here: this is what the service is checked against. */
export function r3mesSigner(): Signer {
  const { privkey, pubkey } = Secp256k1.makeKeypair(randomBytes(32));
  const publicKey = Secp256k1.compressPubkey(pubkey);
  const address = bech32.encode('remes', bech32.toWords(ripemd160(sha256(publicKey))));
  return {
    address,
    sign: (message, as = address) => {
      const data = Buffer.from(message).toString('base64');
      const bytes =
        '{"account_number":"0","chain_id":"","fee":{"amount":[],"gas":"0"},"memo":"",' +
        `"msgs":[{"type":"sign/MsgSignData","value":{"data":"${data}","signer":"${as}"}}],"sequence":"0"}`;
      const signature = Secp256k1.createSignature(sha256(Buffer.from(bytes)), privkey).toFixedLength();
      return Promise.resolve({
        signature: Buffer.from(signature.slice(0, 64)).toString('base64'),
        publicKey: Buffer.from(publicKey).toString('base64'),
      });
    },
  };
}

/** Signs in. @returns the headers of the owner's further requests */
export async function signIn(api: TestApi, signer: Signer): Promise<{ readonly authorization: string }> {
  const asked = await api.send('post', '/api/auth/payload', { address: signer.address }, {}).expect(200);
  const { payload, message } = asked.body as { payload: unknown; message: string };
  const signed = { payload, ...(await signer.sign(message)) };
  const answer = await api.send('post', '/api/auth/login', signed, {}).expect(200);
  const { token } = answer.body as { token: string };
  return { authorization: `Bearer ${token}` };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
