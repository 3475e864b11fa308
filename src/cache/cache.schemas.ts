import { z } from 'zod';
import { WALLET_EXPECTED, walletOf } from '../catalog/wallet.js';

const MAX_KEY_LENGTH = 512;

const wallet = z
  .string({ error: `should be ${WALLET_EXPECTED}` })
  .describe(`It should be ${WALLET_EXPECTED}`)
  .transform((text, context) => {
    const found = walletOf(text);
    if (found !== null) return found;
    context.issues.push({ code: 'custom', message: `should be ${WALLET_EXPECTED}`, input: text });
    return z.NEVER;
  });

const name = (what: string) => {
  const error = `should be ${what}, 1 to ${MAX_KEY_LENGTH} characters`;
  return z
    .string({ error })
    .min(1, { error })
    .max(MAX_KEY_LENGTH, { error })
    .describe(`It should be ${what}`)
    .refine((text) => !text.includes('…'), { error: 'should be in full: "…" stands for what is not shown to you' });
};

const NAMESPACE_EXPECTED =
  'should be a namespace: 1 to 64 letters, digits, "-", "_" or ".", beginning with a letter or digit';
const namespace = z
  .string({ error: NAMESPACE_EXPECTED })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: NAMESPACE_EXPECTED })
  .describe('Of keys of an application’s own; the catalog’s have none');

const BLOCK_EXPECTED = 'should be a block number: a whole number, not negative';
const CHAIN_EXPECTED = 'should be the id of a configured chain';

/** A field that nobody knows is more likely a slip than meant to be ignored. */
const known = (issue: { readonly code?: string; readonly keys?: readonly string[] }): string | undefined =>
  issue.code === 'unrecognized_keys' ? `should not have ${(issue.keys ?? []).join(', ')}` : undefined;

export const ACTIONS = [
  'invalidate',
  'invalidatePattern',
  'invalidateTag',
  'invalidateWallet',
  'clearNamespace',
] as const;

export const cacheAction = z.discriminatedUnion(
  'action',
  [
    z.strictObject(
      { action: z.literal('invalidate'), key: name('a key, like "tokens:0x…"'), namespace: namespace.optional() },
      { error: known },
    ),
    z.strictObject(
      {
        action: z.literal('invalidatePattern'),
        pattern: name('a pattern with a literal prefix up to a ":", like "miner:stats:*"'),
        namespace: namespace.optional(),
      },
      { error: known },
    ),
    z.strictObject({ action: z.literal('invalidateTag'), tag: name('a tag, like "chain"') }, { error: known }),
    z.strictObject(
      {
        action: z.literal('invalidateWallet'),
        walletAddress: wallet,
        minBlock: z.int({ error: BLOCK_EXPECTED }).min(0, { error: BLOCK_EXPECTED }).optional(),
        chainId: z.int({ error: CHAIN_EXPECTED }).min(1, { error: CHAIN_EXPECTED }).optional(),
      },
      { error: known },
    ),
    z.strictObject({ action: z.literal('clearNamespace'), namespace }, { error: known }),
  ],
  {
    error: (issue) => {
      const actions = `one of ${ACTIONS.join(', ')}`;
      return issue.code === 'invalid_union' ? `should be ${actions}` : `should be an object whose action is ${actions}`;
    },
  },
);

export const walletQuery = z.object({ wallet });
export const keyQuery = z.object({ key: name('a key, like "tokens:0x…"'), namespace: namespace.optional() });

export type CacheAction = z.output<typeof cacheAction>;
export type InvalidateWallet = Extract<CacheAction, { action: 'invalidateWallet' }>;
export type WalletQuery = z.output<typeof walletQuery>;
export type KeyQuery = z.output<typeof keyQuery>;
