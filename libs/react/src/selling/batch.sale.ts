import type { ApiClient, InvalidateWalletOptions } from '../api/api.client.js';
import { retryDelayMs } from '../api/api.error.js';
import { pause } from '../api/pause.js';
import type { WalletCopies } from '../browser-cache/wallet.copies.js';
import type { PendingSale, PendingStore, SoldToken } from './pending.sales.js';
import { requestQuotes, type SaleQuote } from './quotes.request.js';
import { SaleError, walletErrorOf } from './sale.error.js';
import { IDLE_SALE, type SaleState, type SaleStepName, stepsAt, stepsEnded } from './sale.state.js';
import type { CallsStatus, SellingAccount } from './selling.account.js';
import { type TradeSummary, tradeSummaryOf } from './trade.summary.js';

/** What a sale needs of the page's runtime. */
export interface SaleServices {
  readonly api: ApiClient;
  readonly copies: Pick<WalletCopies, 'drop'>;
  invalidateWallet(wallet: string, options: InvalidateWalletOptions): Promise<unknown>;
}

/** A quote with less left than this is asked for again before the wallet opens. */
const MIN_LIFE_MS = 5_000;
/** A new quote may be this much lower than the one that was looked at, in thousandths. */
const TOLERATED_DROP = 5n;
const POLL_MS = 250;
const SLOW_POLL_MS = 2_000;
const FAST_POLLS = 40;
const INVALIDATION_ATTEMPTS = 6;
/** A block that is taken back is mostly taken back soon. */
const REORG_CHECKS = 20;
const REORG_CHECK_MS = 3_000;
/** How long after its quote ran out a sale that the wallet does not know may still turn up. */
const FORGET_AFTER_MS = 60_000;

/**
 * One wallet's sale from the quote to the new balances. It belongs to the wallet, not to a component: whoever is shown
 * meanwhile, it goes on, and what it invalidates is the wallet that sold.
 */
export class BatchSale {
  private current: SaleState = IDLE_SALE;
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly wallet: string,
    private readonly services: SaleServices,
    private readonly pending: PendingStore,
  ) {}

  readonly state = (): SaleState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Back to the beginning; nothing happens while a sale is under way. */
  reset(): void {
    if (!this.current.processing) this.become(IDLE_SALE);
  }

  /** Ends as a state, never as a rejection. Undefined: nothing was sold, or another sale is under way. */
  async execute(account: SellingAccount, looked: SaleQuote): Promise<TradeSummary | undefined> {
    if (this.current.processing) return undefined;
    this.become({ ...IDLE_SALE, processing: true, steps: stepsAt('quote') });
    let sale: PendingSale | undefined;
    try {
      const quote = await this.freshQuote(looked);
      sale = this.prepare(quote);
      this.reach('wallet');
      const submission = await account.sendCalls({
        id: sale.id,
        chainId: sale.chainId,
        groups: quote.answer.quotes.map(({ calls }) => calls),
        onSubmitted: (made) => this.pending.put({ ...sale!, submission: made }),
      });
      sale = { ...sale, submission };
      this.pending.put(sale);
    } catch (error) {
      if (sale) this.pending.remove(sale.id);
      this.fail(walletErrorOf(error, sale !== undefined && Date.now() > sale.expiresAt));
      return undefined;
    }
    return this.settle(account, sale);
  }

  /** Goes on with a sale of an earlier visit. */
  async resume(account: SellingAccount, sale: PendingSale): Promise<void> {
    if (this.current.processing) return;
    const { state } = await account.callsStatus(sale.submission).catch(() => ({ state: 'pending' as const }));
    if (state === 'unknown' && Date.now() > sale.expiresAt + FORGET_AFTER_MS) return this.pending.remove(sale.id);
    this.become({ ...IDLE_SALE, processing: true, resumed: true, steps: stepsAt('confirm') });
    await this.settle(account, sale);
  }

  private async freshQuote(looked: SaleQuote): Promise<SaleQuote> {
    if (looked.answer.quotes.length === 0) throw new SaleError('nothing-to-sell');
    if (Date.now() < looked.expiresAt - MIN_LIFE_MS) return looked;
    const { wallet, tokens, destination, answer } = looked;
    const fresh = await requestQuotes(this.services.api, wallet, tokens, destination, {
      onWait: (waitingUntil) => this.become({ ...this.current, waitingUntil }),
    });
    const [before, now] = [answer, fresh.answer].map((one) => BigInt(one.totalDestinationAmount)) as [bigint, bigint];
    if (now * 1_000n < before * (1_000n - TOLERATED_DROP)) throw new SaleError('quote-changed');
    return fresh;
  }

  private prepare({ answer, tokens, destination, expiresAt }: SaleQuote): PendingSale {
    const id = randomId();
    const symbols = new Map(tokens.map(({ address, symbol }) => [address.toLowerCase(), symbol]));
    const soldToken = (address: string, amount: string): SoldToken => ({
      address,
      symbol: symbols.get(address.toLowerCase()) ?? '',
      amount,
    });
    const sale: PendingSale = {
      id,
      wallet: this.wallet,
      chainId: answer.chainId,
      submission: { kind: 'calls', id },
      tokens: answer.quotes.map(({ token, amount }) => soldToken(token, amount)),
      skipped: answer.failed.map(({ token }) => soldToken(token, '0')),
      destination,
      quotedAmount: answer.totalDestinationAmount,
      expiresAt,
      startedAt: Date.now(),
    };
    // Before the wallet opens: should the page close while it is open, the next visit knows what to ask for.
    this.pending.put(sale);
    return sale;
  }

  private async settle(account: SellingAccount, sale: PendingSale): Promise<TradeSummary | undefined> {
    this.reach('confirm');
    const status = await this.outcome(account, sale);
    const summary = tradeSummaryOf(sale, status);
    if (summary.blockNumber === undefined) {
      this.pending.remove(sale.id);
      this.fail(new SaleError(Date.now() > sale.expiresAt ? 'quote-expired' : 'reverted'));
      return undefined;
    }
    this.reach('refresh', summary);
    const invalidated = await this.invalidate(sale, summary.blockNumber);
    if (invalidated) this.pending.remove(sale.id);
    this.become({ ...this.current, processing: false, steps: stepsEnded(this.current.steps, 'done') });
    void this.watchForReorg(account, sale);
    return summary;
  }

  /** Waits as long as it takes: a receipt may be minutes away, and nothing may be concluded before. */
  private async outcome(account: SellingAccount, sale: PendingSale): Promise<CallsStatus> {
    for (let poll = 0; ; poll += 1) {
      const status = await account.callsStatus(sale.submission).catch(() => undefined);
      const lost = status?.state === 'unknown' && Date.now() > sale.expiresAt + FORGET_AFTER_MS;
      if (status && (lost || (status.state !== 'pending' && status.state !== 'unknown'))) return status;
      await pause(poll < FAST_POLLS ? POLL_MS : SLOW_POLL_MS);
    }
  }

  /** After the receipt, never before it: what is loaded from here on holds the sale's block. False: it was given up. */
  private async invalidate(sale: PendingSale, minBlock: number): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      this.become({
        ...this.current,
        invalidation: { ...this.current.invalidation, status: 'running', attempts: attempt + 1 },
      });
      try {
        await this.services.invalidateWallet(sale.wallet, { minBlock, chainId: sale.chainId });
        this.become({ ...this.current, invalidation: { status: 'done', attempts: attempt + 1 } });
        return true;
      } catch (failure) {
        const error = failure instanceof Error ? failure.message : String(failure);
        const last = attempt + 1 === INVALIDATION_ATTEMPTS;
        const status = last ? 'failed' : 'running';
        this.become({ ...this.current, invalidation: { status, attempts: attempt + 1, error } });
        if (last) {
          this.services.copies.drop(sale.wallet);
          return false;
        }
        await pause(retryDelayMs(attempt, failure));
      }
    }
  }

  private async watchForReorg(account: SellingAccount, sale: PendingSale): Promise<void> {
    const summary = this.current.summary;
    for (let check = 0; check < REORG_CHECKS && this.current.summary === summary; check += 1) {
      await pause(REORG_CHECK_MS);
      const status = await account.callsStatus(sale.submission).catch(() => undefined);
      if (this.current.summary !== summary || status === undefined) continue;
      const { blockNumber } = tradeSummaryOf(sale, status);
      if (blockNumber === summary?.blockNumber) continue;
      this.become({ ...this.current, reorged: blockNumber === undefined });
      await this.services.invalidateWallet(sale.wallet, { chainId: sale.chainId }).catch(() => undefined);
      if (blockNumber !== undefined) return this.become({ ...this.current, summary: tradeSummaryOf(sale, status) });
    }
  }

  private reach(step: SaleStepName, summary: TradeSummary | null = null): void {
    this.become({ ...this.current, steps: stepsAt(step), summary });
  }

  private fail(error: SaleError): void {
    this.become({ ...this.current, processing: false, error, steps: stepsEnded(this.current.steps, 'failed') });
  }

  private become(state: SaleState): void {
    this.current = state;
    for (const listener of this.listeners) listener();
  }
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
