import { Injectable } from '@nestjs/common';
import { BridgeClient, NoOffer, type PreparedSale } from './bridge.client.js';
import type { Call, QuoteFailure, QuoteFailureCode, QuotesAnswer, QuotesBody, TokenQuote } from './quotes.schemas.js';
import { SaleSimulation } from './sale.simulation.js';
import { StandingAllowances } from './standing.allowances.js';

const AT_ONCE = 8;

const MESSAGES: Readonly<Record<QuoteFailureCode, string>> = {
  'no-route': 'Nobody buys it at present.',
  'amount-too-low': 'It is too little to be worth selling.',
  'amount-too-high': 'It is more than can be sold at once.',
  'transfer-reverts': 'It cannot be sold: the token refuses to be moved.',
  slippage: 'It would bring less than quoted: the token keeps a part of every transfer, or its price is moving.',
  'same-token': 'It is what the others are sold for.',
  unavailable: 'There is no quote for it at present. Try again in a moment.',
};

type Quoted = { readonly quote: TokenQuote } | { readonly failure: QuoteFailure; readonly cause?: unknown };

/** Quotes for many tokens of one wallet, each with what sells it, or why it cannot be sold. */
@Injectable()
export class QuotesService {
  constructor(
    private readonly bridge: BridgeClient,
    private readonly allowances: StandingAllowances,
    private readonly simulation: SaleSimulation,
  ) {}

  /** @throws SourceError when the Bridge could be asked about none of them */
  async quotes(body: QuotesBody): Promise<QuotesAnswer> {
    const quoted = await mapAtOnce(body.tokens, AT_ONCE, (token) => this.quote(body, token));
    const causes = quoted.flatMap((one) => ('cause' in one && one.cause !== undefined ? [one.cause] : []));
    if (causes.length === quoted.length) throw causes[0];
    const found = quoted.flatMap((one) => ('quote' in one ? [one.quote] : []));
    const calls = await this.allowances.clear(
      body.chainId,
      body.sender,
      found.map((quote) => quote.calls),
    );
    const offered = found.map((quote, index): TokenQuote => ({ ...quote, calls: [...calls[index]!] }));
    const ends = await this.simulation.run(body.chainId, body.sender, calls);
    const refused = offered.flatMap((quote, index) => {
      const end = ends?.[index] ?? null;
      return end === null ? [] : [failureOf(quote.token, end)];
    });
    const quotes = offered.filter((_, index) => (ends?.[index] ?? null) === null);
    return {
      success: true,
      chainId: body.chainId,
      destinationToken: body.destinationToken,
      quotes,
      failed: [...quoted.flatMap((one) => ('failure' in one ? [one.failure] : [])), ...refused],
      totalDestinationAmount: quotes.reduce((sum, quote) => sum + BigInt(quote.destinationAmount), 0n).toString(),
      expiresAt: quotes.map(({ expiresAt }) => expiresAt).sort()[0] ?? null,
      simulated: ends !== undefined,
    };
  }

  private async quote(body: QuotesBody, { address, amount }: QuotesBody['tokens'][number]): Promise<Quoted> {
    if (address === body.destinationToken) return { failure: failureOf(address, 'same-token') };
    try {
      const order = { chainId: body.chainId, destinationToken: body.destinationToken, sender: body.sender };
      return {
        quote: quoteOf(
          address,
          amount,
          await this.bridge.prepareSale({ ...order, token: address, amount: BigInt(amount) }),
        ),
      };
    } catch (cause) {
      if (cause instanceof NoOffer) return { failure: failureOf(address, cause.code) };
      return { failure: failureOf(address, 'unavailable'), cause };
    }
  }
}

function quoteOf(token: string, amount: string, { destinationAmount, expiresAt, calls }: PreparedSale): TokenQuote {
  return {
    token,
    amount,
    destinationAmount: destinationAmount.toString(),
    expiresAt: new Date(expiresAt).toISOString(),
    calls: calls.map((call): Call => ({ ...call })),
  };
}

function failureOf(token: string, code: QuoteFailureCode): QuoteFailure {
  return { token, code, message: MESSAGES[code] };
}

/** Like `map`, with so many under way at a time. */
async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
