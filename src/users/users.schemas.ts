import { z } from 'zod';
import { r3mesWallet } from '../catalog/r3mes-wallet.schema.js';
import { unknownFields } from '../http/unknown-fields.message.js';

const MAX_CREDITS = 9_223_372_036_854_775_807n;
const AMOUNT_EXPECTED = `should be a positive whole number as a string, like "25", at most ${MAX_CREDITS}`;
const NAME_EXPECTED = 'should be 1 to 64 characters without line breaks, or null';
const MAX_NAME_LENGTH = 64;
/** Control characters, line breaks, and what turns the reading direction of the text around it. */
const NOT_IN_A_NAME = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

export const registration = z.strictObject({ walletAddress: r3mesWallet }, { error: unknownFields });

export const userChanges = z.strictObject(
  {
    display_name: z
      .string({ error: NAME_EXPECTED })
      .trim()
      .refine((name) => name !== '' && [...name].length <= MAX_NAME_LENGTH && !NOT_IN_A_NAME.test(name), {
        error: NAME_EXPECTED,
      })
      .nullable(),
  },
  { error: unknownFields },
);

export const creditsChange = z.strictObject(
  {
    // Text: a JSON number loses digits, and a fraction of a credit does not exist.
    amount: z
      .string({ error: AMOUNT_EXPECTED })
      .refine((text) => /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= MAX_CREDITS, { error: AMOUNT_EXPECTED })
      .transform(BigInt),
  },
  { error: unknownFields },
);

export type Registration = z.output<typeof registration>;
export type UserChanges = z.output<typeof userChanges>;
export type CreditsChange = z.output<typeof creditsChange>;
