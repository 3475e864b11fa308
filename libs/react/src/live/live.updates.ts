import type { ApiClient } from '../api/api.client.js';
import { ApiError, retryDelayMs } from '../api/api.error.js';
import { pause } from '../api/pause.js';
import type { WalletCopies } from '../browser-cache/wallet.copies.js';
import { eventsOf } from './event-stream.reader.js';

/** The API says something at least every 15 s. */
const SILENCE_MS = 40_000;

interface Watch {
  watchers: number;
  readonly end: AbortController;
}

/**
 * Hears of a wallet's changes from the API's server-sent events. All tabs share one connection, held by whichever has
 * the lock, for browsers allow six to one host; what it hears reaches the others through `WalletCopies`.
 */
export class LiveUpdates {
  private readonly watches = new Map<string, Watch>();

  constructor(
    private readonly api: ApiClient,
    private readonly copies: Pick<WalletCopies, 'drop' | 'doubt'>,
  ) {}

  /** Until the returned function is called. An API that offers no events is left alone. */
  watch(wallet: string): () => void {
    const watch = this.watches.get(wallet) ?? this.begin(wallet);
    watch.watchers += 1;
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      watch.watchers -= 1;
      if (watch.watchers > 0) return;
      watch.end.abort();
      this.watches.delete(wallet);
    };
  }

  private begin(wallet: string): Watch {
    const watch: Watch = { watchers: 0, end: new AbortController() };
    this.watches.set(wallet, watch);
    const { signal } = watch.end;
    const follow = (): Promise<void> => this.follow(wallet, signal);
    const locks = globalThis.navigator?.locks as LockManager | undefined;
    const leading = locks ? locks.request(`chaincache|${this.api.baseUrl}|${wallet}`, { signal }, follow) : follow();
    // The lock's request rejects when it is given up before it was granted.
    leading.catch(() => undefined);
    return watch;
  }

  private async follow(wallet: string, signal: AbortSignal): Promise<void> {
    let attempt = 0;
    let connectedBefore = false;
    while (!signal.aborted) {
      try {
        await this.listen(wallet, signal, () => {
          attempt = 0;
          // What happened while nobody listened is not told again.
          if (connectedBefore) this.copies.doubt(wallet);
          connectedBefore = true;
        });
      } catch (error) {
        if (signal.aborted || (error instanceof ApiError && !error.retryable)) return;
        await pause(retryDelayMs(attempt, error), signal);
      }
      attempt += 1;
    }
  }

  private async listen(wallet: string, signal: AbortSignal, onOpen: () => void): Promise<void> {
    const silent = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const lives = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE_MS);
    };
    const end = (): void => silent.abort();
    signal.addEventListener('abort', end);
    try {
      lives();
      const { body } = await this.api.walletEvents(wallet, silent.signal);
      if (body === null) return;
      onOpen();
      for await (const { type } of eventsOf(body, lives)) {
        if (type === 'changed') this.copies.drop(wallet);
        if (type === 'doubted') this.copies.doubt(wallet);
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
    // The server ended it, perhaps to restart: it comes back after a moment.
    await pause(retryDelayMs(0, undefined), signal);
  }
}
