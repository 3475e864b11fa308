import { z } from 'zod';
import { WALLET_EXPECTED, walletOf } from '../../catalog/wallet.js';

const MAX_FIELD_LENGTH = 512;
const SIGNATURE_EXPECTED = 'should be a signature: 0x and hex digits for an EVM wallet, base64 for an R3MES one';
const KEY_EXPECTED = "should be the R3MES wallet's compressed public key, 33 bytes in base64";
const CHAIN_EXPECTED = 'should be the id of a configured chain, and left out for an R3MES wallet';

const wallet = z
  .string({ error: `should be ${WALLET_EXPECTED}` })
  .describe(`It should be ${WALLET_EXPECTED}`)
  .transform((text, context) => {
    const found = walletOf(text);
    if (found !== null) return found;
    context.issues.push({ code: 'custom', message: `should be ${WALLET_EXPECTED}`, input: text });
    return z.NEVER;
  });

const field = (what: string) => z.string({ error: `should be ${what}` }).max(MAX_FIELD_LENGTH);
const asGiven = 'as it was given';

export const payloadRequest = z.object({
  address: wallet,
  chainId: z.int({ error: CHAIN_EXPECTED }).min(1, { error: CHAIN_EXPECTED }).optional(),
});

export const loginRequest = z.object({
  payload: z.object({
    domain: field(asGiven),
    address: field(asGiven).refine((text) => walletOf(text) !== null, { error: `should be ${WALLET_EXPECTED}` }),
    statement: field(asGiven),
    uri: field(asGiven),
    version: field(asGiven),
    chain_id: field(asGiven).optional(),
    nonce: field(asGiven),
    issued_at: field(asGiven),
    expiration_time: field(asGiven),
    invalid_before: field(asGiven),
  }),
  signature: z.string({ error: SIGNATURE_EXPECTED }).regex(/^(0x[0-9a-fA-F]{130}|[A-Za-z0-9+/]{86}==)$/, {
    error: SIGNATURE_EXPECTED,
  }),
  publicKey: z
    .string({ error: KEY_EXPECTED })
    .regex(/^[A-Za-z0-9+/]{44}$/, { error: KEY_EXPECTED })
    .optional(),
});

export type PayloadRequest = z.output<typeof payloadRequest>;
export type LoginRequest = z.output<typeof loginRequest>;
