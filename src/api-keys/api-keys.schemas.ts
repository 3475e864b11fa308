import { z } from 'zod';
import { SCOPES } from '../auth/index.js';
import { WALLET_EXPECTED, walletOf } from '../catalog/wallet.js';

const NAME_EXPECTED = 'should be 1 to 64 characters without line breaks';
const MAX_NAME_LENGTH = 64;
const DAYS_EXPECTED = 'should be a whole number of days from 1 to 365';
const SCOPES_EXPECTED = `should be an array of ${SCOPES.join(', ')}`;

/** A field that nobody knows is more likely a slip than meant to be ignored. */
const known = (issue: { readonly code?: string; readonly keys?: readonly string[] }): string | undefined =>
  issue.code === 'unrecognized_keys' ? `should not have ${(issue.keys ?? []).join(', ')}` : undefined;

const wallet = z
  .string({ error: `should be ${WALLET_EXPECTED}` })
  .describe(`It should be ${WALLET_EXPECTED}`)
  .transform((text, context) => {
    const found = walletOf(text);
    if (found !== null) return found.address;
    context.issues.push({ code: 'custom', message: `should be ${WALLET_EXPECTED}`, input: text });
    return z.NEVER;
  });

export const keyRequest = z.strictObject(
  {
    /** For an admin, who makes keys for others. */
    walletAddress: wallet.optional(),
    name: z
      .string({ error: NAME_EXPECTED })
      .trim()
      .refine((name) => name !== '' && [...name].length <= MAX_NAME_LENGTH && !/\p{C}/u.test(name), {
        error: NAME_EXPECTED,
      })
      .optional(),
    expiresDays: z
      .int({ error: DAYS_EXPECTED })
      .min(1, { error: DAYS_EXPECTED })
      .max(365, { error: DAYS_EXPECTED })
      .optional(),
    scopes: z
      .array(z.enum(SCOPES, { error: SCOPES_EXPECTED }), { error: SCOPES_EXPECTED })
      .max(SCOPES.length, { error: SCOPES_EXPECTED })
      .transform((scopes) => [...new Set(scopes)])
      .default([]),
  },
  { error: known },
);

export const listQuery = z.object({ walletAddress: wallet.optional() });
export const keyParams = z.object({
  id: z.uuid({ error: 'should be the id of an API key' }).describe('Of the API key'),
});

export type KeyRequest = z.output<typeof keyRequest>;
export type ListQuery = z.output<typeof listQuery>;
export type KeyParams = z.output<typeof keyParams>;
