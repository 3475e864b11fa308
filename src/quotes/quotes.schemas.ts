import { z } from 'zod';
import { EVM_ADDRESS_EXPECTED, evmAddressKey } from '../catalog/evm-address.js';
import { unknownFields } from '../http/unknown-fields.message.js';

/** Tokens of one request. Each costs a call to the Bridge. */
export const MAX_TOKENS = 50;

const address = z.string({ error: `should be ${EVM_ADDRESS_EXPECTED}` }).transform((text, context) => {
  const key = evmAddressKey(text);
  if (key !== null) return key;
  context.issues.push({ code: 'custom', message: `should be ${EVM_ADDRESS_EXPECTED}`, input: text });
  return z.NEVER;
});

const CHAIN_EXPECTED = 'should be the id of a configured chain';
const AMOUNT_EXPECTED = 'should be an amount in the token’s smallest unit, a string of digits without a leading zero';
const TOKENS_EXPECTED = `should be 1 to ${MAX_TOKENS} tokens, each once`;

const order = z.strictObject(
  { address, amount: z.string({ error: AMOUNT_EXPECTED }).regex(/^[1-9]\d{0,77}$/, { error: AMOUNT_EXPECTED }) },
  { error: unknownFields },
);

export const quotesBody = z.strictObject(
  {
    chainId: z.int({ error: CHAIN_EXPECTED }).min(1, { error: CHAIN_EXPECTED }),
    sender: address,
    destinationToken: address,
    tokens: z
      .array(order, { error: TOKENS_EXPECTED })
      .min(1, { error: TOKENS_EXPECTED })
      .max(MAX_TOKENS, { error: TOKENS_EXPECTED })
      .refine((tokens) => new Set(tokens.map((token) => token.address)).size === tokens.length, {
        error: TOKENS_EXPECTED,
      }),
  },
  { error: unknownFields },
);

export const destinationsQuery = z.object({
  chainId: z
    .string({ error: CHAIN_EXPECTED })
    .regex(/^[1-9]\d{0,14}$/, { error: CHAIN_EXPECTED })
    .describe('The id of a configured chain; left out, it is all of them')
    .transform(Number)
    .optional(),
});

export type QuotesBody = z.output<typeof quotesBody>;
export type DestinationsQuery = z.output<typeof destinationsQuery>;

const FAILURES = [
  'no-route',
  'amount-too-low',
  'amount-too-high',
  'transfer-reverts',
  'slippage',
  'same-token',
  'unavailable',
] as const;

const call = z.object({ to: z.string(), data: z.string(), value: z.string() });
const tokenQuote = z.object({
  token: z.string(),
  amount: z.string(),
  destinationAmount: z.string(),
  expiresAt: z.string(),
  calls: z.array(call),
});
const quoteFailure = z.object({ token: z.string(), code: z.enum(FAILURES), message: z.string() });

/** The answer of POST /api/quotes. */
export const quotesAnswer = z.object({
  success: z.literal(true),
  chainId: z.number(),
  destinationToken: z.string(),
  quotes: z.array(tokenQuote),
  failed: z.array(quoteFailure),
  totalDestinationAmount: z.string(),
  expiresAt: z.string().nullable(),
  simulated: z.boolean(),
});

const destination = z.object({
  chainId: z.number(),
  address: z.string(),
  symbol: z.string(),
  name: z.string(),
  decimals: z.number(),
});

/** The answer of GET /api/quotes/destinations. */
export const destinationsAnswer = z.object({ success: z.literal(true), destinations: z.array(destination) });

export type Call = z.output<typeof call>;
export type TokenQuote = z.output<typeof tokenQuote>;
export type QuoteFailure = z.output<typeof quoteFailure>;
export type QuoteFailureCode = QuoteFailure['code'];
export type QuotesAnswer = z.output<typeof quotesAnswer>;
export type Destination = z.output<typeof destination>;
export type DestinationsAnswer = z.output<typeof destinationsAnswer>;
