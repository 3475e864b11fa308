import { z } from 'zod';
import { EVM_ADDRESS_EXPECTED, evmAddressKey } from '../catalog/evm-address.js';
import { parseMicroUsd } from './decimal.amount.js';

const MAX_PAGE = 100_000;
const MAX_LIMIT = 100;

/** A whole number of a query string. */
const wholeNumber = (from: number, to: number) =>
  z
    .string({ error: `should be one whole number from ${from} to ${to}` })
    .describe(`A whole number from ${from} to ${to}`)
    .refine((text) => /^\d{1,15}$/.test(text) && Number(text) >= from && Number(text) <= to, {
      error: `should be a whole number from ${from} to ${to}`,
    })
    .transform(Number);

const USD_EXPECTED = 'should be a number of US dollars, not negative, with at most 6 decimals, like 0.01';
const CHAIN_EXPECTED = 'should be the id of one configured chain, a whole number like 8453';
const FLAG_EXPECTED = 'should be true or false';

export const tokensParams = z.object({
  address: z
    .string()
    .describe(`It should be ${EVM_ADDRESS_EXPECTED}`)
    .transform((text, context) => {
      const key = evmAddressKey(text);
      if (key !== null) return key;
      context.issues.push({ code: 'custom', message: `should be ${EVM_ADDRESS_EXPECTED}`, input: text });
      return z.NEVER;
    }),
});

export const tokensQuery = z.object({
  chainId: z
    .string({ error: CHAIN_EXPECTED })
    .regex(/^[1-9]\d{0,14}$/, { error: CHAIN_EXPECTED })
    .describe('The id of a configured chain; left out, it is all of them')
    .transform(Number)
    .optional(),
  page: wholeNumber(0, MAX_PAGE).prefault('0'),
  limit: wholeNumber(1, MAX_LIMIT).prefault('50'),
  minBalanceUSD: z
    .string({ error: USD_EXPECTED })
    .regex(/^\d{1,15}(\.\d{1,6})?$/, { error: USD_EXPECTED })
    .describe('Tokens worth less are left out; tokens without a price are shown when it is 0')
    .transform(parseMicroUsd)
    .prefault('0'),
  includeSpam: z
    .enum(['true', 'false'], { error: FLAG_EXPECTED })
    .describe('Whether tokens marked as spam are shown')
    .transform((text) => text === 'true')
    .prefault('false'),
});

export type TokensParams = z.output<typeof tokensParams>;
/** `minBalanceUSD` in millionths. */
export type TokensQuery = z.output<typeof tokensQuery>;
