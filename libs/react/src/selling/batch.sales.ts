import { BatchSale, type SaleServices } from './batch.sale.js';
import type { PendingStore } from './pending.sales.js';
import type { SellingAccount } from './selling.account.js';

/** The sales of a page, one for each wallet. */
export class BatchSales {
  private readonly sales = new Map<string, BatchSale>();

  constructor(
    private readonly services: SaleServices,
    private readonly pending: PendingStore,
  ) {}

  of(wallet: string): BatchSale {
    const sale = this.sales.get(wallet) ?? new BatchSale(wallet, this.services, this.pending);
    this.sales.set(wallet, sale);
    return sale;
  }

  /** Goes on with what an earlier visit of this wallet left, unless another tab is at it. */
  async resume(account: SellingAccount): Promise<void> {
    const wallet = account.address.toLowerCase();
    const left = this.pending.list().filter((pending) => pending.wallet === wallet);
    for (const pending of left) {
      if (this.of(wallet).state().processing) return;
      await alone(pending.id, () => this.of(wallet).resume(account, pending));
    }
  }
}

async function alone(id: string, work: () => Promise<void>): Promise<void> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) return work();
  await locks.request(`chaincache|sale|${id}`, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}
