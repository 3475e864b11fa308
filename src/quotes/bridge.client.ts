import { Injectable } from '@nestjs/common';
import type { ThirdwebClient } from 'thirdweb';
import { z } from 'zod';
import { AppConfig } from '../config/app.config.js';
import { SourceError } from '../source/source.error.js';
import type { Call, Destination, QuoteFailureCode } from './quotes.schemas.js';

/** One token that is to be sold. Addresses in key form. */
export interface SaleOrder {
  readonly chainId: number;
  readonly token: string;
  readonly destinationToken: string;
  readonly amount: bigint;
  readonly sender: string;
}

/** What the Bridge offers for it. */
export interface PreparedSale {
  readonly destinationAmount: bigint;
  /** Wall clock, ms. */
  readonly expiresAt: number;
  readonly calls: readonly Call[];
}

/** The Bridge has no offer. */
export class NoOffer extends Error {
  override readonly name = 'NoOffer';

  constructor(readonly code: QuoteFailureCode) {
    super(code);
  }
}

const NAME = 'Bridge';
/** Where the Bridge does not tell how long its offer stands. */
const DEFAULT_LIFE_MS = 60_000;
/** Timestamps below this are seconds. */
const FIRST_MILLISECONDS = 1e11;

const CODES: Readonly<Record<string, QuoteFailureCode>> = {
  ROUTE_NOT_FOUND: 'no-route',
  AMOUNT_TOO_LOW: 'amount-too-low',
  AMOUNT_TOO_HIGH: 'amount-too-high',
  INVALID_INPUT: 'no-route',
};

const hex = z.string().regex(/^0x([0-9a-fA-F]{2})*$/);
const offer = z.object({
  destinationAmount: z.bigint().positive(),
  expiration: z.number().positive().optional(),
  steps: z
    .array(
      z.object({
        transactions: z.array(
          z.object({
            to: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
            data: hex,
            chainId: z.int(),
            value: z.bigint().optional(),
          }),
        ),
      }),
    )
    .min(1),
});
const offeredTokens = z.array(
  z.object({
    chainId: z.int(),
    address: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
    symbol: z.string().max(64),
    name: z.string().max(512),
    decimals: z.int().min(0).max(255),
  }),
);

/** Asks thirdweb Bridge through thirdweb's SDK, which is loaded on first use: it costs a second and 60 MB. */
@Injectable()
export class BridgeClient {
  private loading: ReturnType<typeof load> | undefined;

  constructor(private readonly config: AppConfig) {}

  /** @throws NoOffer, or SourceError when the Bridge cannot be asked */
  async prepareSale(order: SaleOrder): Promise<PreparedSale> {
    const { Bridge, client } = await this.sdk();
    const answer = await this.ask(() =>
      Bridge.Sell.prepare({
        client,
        amount: order.amount,
        originChainId: order.chainId,
        originTokenAddress: order.token as `0x${string}`,
        destinationChainId: order.chainId,
        destinationTokenAddress: order.destinationToken as `0x${string}`,
        sender: order.sender as `0x${string}`,
        receiver: order.sender as `0x${string}`,
      }),
    );
    const parsed = offer.safeParse(answer);
    if (!parsed.success) throw new SourceError(NAME, 'answered in an unknown shape', { retryable: false });
    const { destinationAmount, expiration, steps } = parsed.data;
    const transactions = steps.flatMap((step) => step.transactions);
    // A way over another chain is no call that one wallet makes in one batch.
    if (transactions.some(({ chainId }) => chainId !== order.chainId)) throw new NoOffer('no-route');
    return {
      destinationAmount,
      expiresAt: expiration === undefined ? Date.now() + DEFAULT_LIFE_MS : millisecondsOf(expiration),
      calls: transactions.map(({ to, data, value = 0n }) => ({ to, data, value: value.toString() })),
    };
  }

  /** Tokens of a chain with this symbol that the Bridge trades. @throws SourceError */
  async tokens(chainId: number, symbol: string): Promise<readonly Destination[]> {
    const { Bridge, client } = await this.sdk();
    const parsed = offeredTokens.safeParse(await this.ask(() => Bridge.tokens({ client, chainId, symbol, limit: 5 })));
    if (!parsed.success) throw new SourceError(NAME, 'answered in an unknown shape', { retryable: false });
    return parsed.data
      .filter((token) => token.chainId === chainId)
      .map((token) => ({ ...token, address: token.address.toLowerCase() }));
  }

  /** The SDK gives up after a minute; a person has long gone by then. */
  private async ask<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      const error = new SourceError(NAME, 'did not answer in time', { retryable: true });
      timer = setTimeout(() => reject(error), this.config.requestDeadlineMs);
    });
    try {
      return await Promise.race([request(), tooLate]);
    } catch (error) {
      const code = CODES[String((error as { code?: unknown }).code)];
      if (code !== undefined) throw new NoOffer(code);
      if (error instanceof SourceError) throw error;
      throw new SourceError(NAME, 'could not be reached or refused', { retryable: true, cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  private sdk(): ReturnType<typeof load> {
    this.loading ??= load(this.config);
    return this.loading;
  }
}

async function load({ bridgeUrl, insight }: AppConfig): Promise<{
  readonly Bridge: typeof import('thirdweb').Bridge;
  readonly client: ThirdwebClient;
}> {
  const [{ Bridge, createThirdwebClient }, { setThirdwebDomains }] = await Promise.all([
    import('thirdweb'),
    import('thirdweb/utils'),
  ]);
  // A host; the SDK puts http in front of localhost and https in front of everything else.
  setThirdwebDomains({ bridge: new URL(bridgeUrl).host });
  const { clientId, secretKey } = insight;
  return {
    Bridge,
    client: createThirdwebClient(secretKey === undefined ? { clientId: clientId ?? '' } : { secretKey }),
  };
}

function millisecondsOf(timestamp: number): number {
  return timestamp < FIRST_MILLISECONDS ? timestamp * 1_000 : timestamp;
}
