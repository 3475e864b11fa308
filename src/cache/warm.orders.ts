import { Injectable } from '@nestjs/common';
import { CacheWarmer, type CatalogEntry, type WarmJob, type WarmKey } from '@chaincache/cache';
import { CacheRegistry } from '@chaincache/cache/nest';
import type { Wallet } from '../catalog/wallet.js';
import { ENTRIES_OF_ALL, ENTRIES_OF_EVM, ENTRIES_OF_R3MES, type WarmOrder } from './cache-warm.schemas.js';

type AnyEntry = CatalogEntry<unknown>;

/** What an operator has warmed: one order at a time. */
@Injectable()
export class WarmOrders {
  /** The last one; null before the first. */
  latest: WarmJob | null = null;

  constructor(
    private readonly warmer: CacheWarmer,
    private readonly registry: CacheRegistry,
  ) {}

  get isRunning(): boolean {
    return this.latest?.progress().status === 'running';
  }

  /** Begins one; null when the order names nothing that could be loaded. */
  begin({ entries, wallets = [] }: WarmOrder): WarmJob | null {
    const isWanted = ({ name }: AnyEntry): boolean => entries === undefined || entries.includes(name);
    const keys = [
      ...ENTRIES_OF_ALL.filter(isWanted).flatMap((entry) => this.keyOf(entry, {})),
      ...wallets.flatMap((wallet) =>
        entriesOf(wallet)
          .filter(isWanted)
          .flatMap((entry) => this.walletKey(entry, wallet)),
      ),
    ];
    const unique = [...new Map(keys.map((key) => [key.ref.key, key])).values()];
    if (unique.length === 0) return null;
    this.latest = this.warmer.warmNow(unique);
    return this.latest;
  }

  private walletKey(entry: AnyEntry, { address }: Wallet): WarmKey[] {
    return this.keyOf(entry, Object.fromEntries(entry.params.map((name) => [name, address])));
  }

  private keyOf(entry: AnyEntry, params: Readonly<Record<string, string>>): WarmKey[] {
    const loaderOf = this.registry.loaderOf(entry);
    return loaderOf === undefined ? [] : [{ ref: entry.ref(params), loader: loaderOf(params) }];
  }
}

function entriesOf({ kind }: Wallet): readonly AnyEntry[] {
  return kind === 'evm' ? ENTRIES_OF_EVM : ENTRIES_OF_R3MES;
}
