import type * as client from '@chaincache/react';
import type { DestinationsAnswer, QuotesAnswer, QuotesBody } from '../../src/quotes/quotes.schemas.js';
import type { TokensPage } from '../../src/tokens/tokens.view.js';

/** Does not compile unless what the API sends is what the hooks' client reads. */
type Reads<Client, Api extends Client> = [Client, Api];
export type Checked = [
  Reads<client.TokensPage, TokensPage>,
  Reads<Omit<client.QuotesAnswer, 'failed'>, QuotesAnswer>,
  Reads<client.QuoteFailure, QuotesAnswer['failed'][number]>,
  Reads<client.DestinationsAnswer, DestinationsAnswer>,
  Reads<QuotesBody, client.QuotesRequest & { tokens: { address: string; amount: string }[] }>,
];
