import type { ApiClient } from '../api/api.client.js';
import type { TokensQuery } from '../api/api.types.js';
import type { CopyStore, PageCopy, WalletCopy } from './copy.store.js';
import type { TabsChannel } from './tabs.channel.js';

/** `dropped`: what was held is known to be wrong. `doubted`: something may have been missed; asking again settles it. */
export type CopyNews = 'dropped' | 'doubted';

/** An answer that begins before an invalidation is asked for again, this often at most. */
const MAX_ATTEMPTS = 3;
/** A store that does not answer in this time is not waited for. */
const STORE_PATIENCE_MS = 300;

/**
 * The browser's cache level: pages with their ETags, kept per wallet. A copy is shown at once and always asked about
 * (a 304 is cheap). An invalidation drops it in every tab, and what was requested before the invalidation is not kept.
 */
export class WalletCopies {
  private readonly generations = new Map<string, number>();
  private readonly held = new Map<string, Promise<Record<string, PageCopy[]>>>();
  private readonly listeners = new Set<(wallet: string, news: CopyNews) => void>();

  constructor(
    private readonly api: ApiClient,
    private readonly store: CopyStore,
    private readonly tabs: TabsChannel,
  ) {
    tabs.onMessage(({ type, wallet }) => this.receive(wallet, type));
  }

  /** What is held of a view without asking anybody, page by page from the first. */
  async restore(wallet: string, query: TokensQuery): Promise<readonly PageCopy[]> {
    return (await this.pagesOf(wallet))[viewOf(query)] ?? [];
  }

  /** One page as the API has it now. @throws ApiError */
  async page(wallet: string, number: number, query: TokensQuery, signal: AbortSignal): Promise<PageCopy> {
    for (let attempt = 1; ; attempt += 1) {
      const generation = this.generationOf(wallet);
      const copy = await this.ask(wallet, number, query, signal);
      if (await this.keep(wallet, number, query, copy, generation)) return copy;
      if (attempt === MAX_ATTEMPTS) return copy;
    }
  }

  /** Forgets a wallet, here and in every other tab. */
  drop(wallet: string): void {
    this.receive(wallet, 'dropped');
    this.tabs.tell({ type: 'dropped', wallet });
  }

  /** Something may have changed: every tab asks again. */
  doubt(wallet: string): void {
    this.receive(wallet, 'doubted');
    this.tabs.tell({ type: 'doubted', wallet });
  }

  onNews(listener: (wallet: string, news: CopyNews) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private receive(wallet: string, news: CopyNews): void {
    if (news === 'dropped') {
      this.generations.set(wallet, this.generationOf(wallet) + 1);
      this.held.set(wallet, Promise.resolve({}));
      void this.store.drop(wallet);
    }
    for (const listener of this.listeners) listener(wallet, news);
  }

  private async ask(wallet: string, number: number, query: TokensQuery, signal: AbortSignal): Promise<PageCopy> {
    const known = (await this.pagesOf(wallet))[viewOf(query)]?.[number];
    const answer = await this.api.tokens(wallet, number, query, { etag: known?.etag ?? null, signal });
    const { ageSeconds, stale, etag } = answer;
    const page = answer.page ?? known?.page;
    // Only a server that is not ours sends a 304 to a request without a validator.
    if (page === undefined) throw new TypeError('The server said "not modified" about a page that is not held.');
    return { page, etag: etag ?? known?.etag ?? null, checkedAt: Date.now(), ageSeconds, stale };
  }

  /** False: the wallet was dropped since the page was asked for. */
  private async keep(
    wallet: string,
    number: number,
    query: TokensQuery,
    copy: PageCopy,
    generation: number,
  ): Promise<boolean> {
    const views = await this.pagesOf(wallet);
    if (generation !== this.generationOf(wallet)) return false;
    const pages = (views[viewOf(query)] ??= []);
    pages[number] = copy;
    // A list that became shorter has no pages behind its last one.
    if (!copy.page.hasMore) pages.length = number + 1;
    void this.store.put(wallet, dense(views));
    return true;
  }

  private pagesOf(wallet: string): Promise<Record<string, PageCopy[]>> {
    const held = this.held.get(wallet) ?? this.load(wallet);
    this.held.set(wallet, held);
    return held;
  }

  private async load(wallet: string): Promise<Record<string, PageCopy[]>> {
    const generation = this.generationOf(wallet);
    const tooLate = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), STORE_PATIENCE_MS));
    const stored = await Promise.race([this.store.get(wallet), tooLate]);
    if (generation !== this.generationOf(wallet) || stored === undefined) return {};
    return Object.fromEntries(Object.entries(stored).map(([view, pages]) => [view, [...pages]]));
  }

  private generationOf(wallet: string): number {
    return this.generations.get(wallet) ?? 0;
  }
}

/** A view's pages up to the first that is missing. */
function dense(views: Readonly<Record<string, readonly PageCopy[]>>): WalletCopy {
  return Object.fromEntries(
    Object.entries(views).map(([view, pages]) => {
      const gap = Array.from(pages).findIndex((page) => page === undefined);
      return [view, gap === -1 ? pages : pages.slice(0, gap)];
    }),
  );
}

export function viewOf({ chainId, limit, minBalanceUSD, includeSpam }: TokensQuery): string {
  return [chainId ?? '', limit ?? 100, minBalanceUSD ?? 0, includeSpam ?? false].join('/');
}
