import type { DestinationToken } from '../api/api.types.js';
import type { Submission } from './selling.account.js';

export interface SoldToken {
  readonly address: string;
  readonly symbol: string;
  readonly amount: string;
}

/** A sale that has not come to its end: enough to go on with it at the next visit. Plain JSON. */
export interface PendingSale {
  readonly id: string;
  readonly wallet: string;
  readonly chainId: number;
  readonly submission: Submission;
  readonly tokens: readonly SoldToken[];
  /** Selected as well, but nobody gave a quote for them. */
  readonly skipped: readonly SoldToken[];
  readonly destination: DestinationToken;
  readonly quotedAmount: string;
  /** Wall clock, ms. After it the sale cannot succeed any more. */
  readonly expiresAt: number;
  readonly startedAt: number;
}

/** Keeps sales under way. Synchronous, for a page that closes waits for nothing. */
export interface PendingStore {
  list(): readonly PendingSale[];
  put(sale: PendingSale): void;
  remove(id: string): void;
}

/** @param scope tells APIs apart that one page uses */
export function pendingStore(scope: string): PendingStore {
  const key = `chaincache|${scope}|pending-sales`;
  let memory: readonly PendingSale[] = [];
  const list = (): readonly PendingSale[] => {
    try {
      const stored: unknown = JSON.parse(globalThis.localStorage.getItem(key) ?? '[]');
      return Array.isArray(stored) ? stored.filter(isPendingSale) : [];
    } catch {
      return memory;
    }
  };
  const write = (sales: readonly PendingSale[]): void => {
    memory = sales;
    try {
      globalThis.localStorage.setItem(key, JSON.stringify(sales));
    } catch {
      // Full, forbidden or absent: the sale is known for as long as the page is open.
    }
  };
  return {
    list,
    put: (sale) => write([...list().filter(({ id }) => id !== sale.id), sale]),
    remove: (id) => write(list().filter((sale) => sale.id !== id)),
  };
}

/** What an older version, or somebody else, wrote there is not believed. */
function isPendingSale(value: unknown): value is PendingSale {
  const sale = value as Partial<PendingSale> | null;
  return (
    typeof sale?.id === 'string' &&
    typeof sale.wallet === 'string' &&
    typeof sale.chainId === 'number' &&
    typeof sale.expiresAt === 'number' &&
    Array.isArray(sale.tokens) &&
    Array.isArray(sale.skipped) &&
    typeof sale.destination?.address === 'string' &&
    (sale.submission?.kind === 'calls' || sale.submission?.kind === 'transactions')
  );
}
