import pg from 'pg';
import { connectionOptions } from './database.pool.js';

const CHANNEL = 'chaincache_outbox';
/** A request applies its own rows right after its commit: it gets this head start, and many commits become one look. */
const HEAD_START_MS = 25;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/**
 * Hears of commits that wrote to the outbox, so that the relay need not wait for its next look. A broken connection is
 * made anew; until then the relay's own interval does.
 */
export class OutboxListener {
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private due: NodeJS.Timeout | undefined;
  private retryMs = FIRST_RETRY_MS;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly wake: () => void,
  ) {}

  /** Resolves once it listens, or once the first attempt failed and another is due. */
  async start(): Promise<void> {
    const client = new pg.Client(connectionOptions(this.url));
    this.client = client;
    client.on('notification', () => this.wakeSoon());
    client.on('error', () => undefined);
    client.once('end', () => this.retry());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.retryMs = FIRST_RETRY_MS;
      // What was committed while nobody listened.
      this.wakeSoon();
    } catch {
      await client.end().catch(() => undefined);
      this.retry();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.due);
    await this.client?.end().catch(() => undefined);
  }

  private wakeSoon(): void {
    if (this.stopped) return;
    this.due ??= setTimeout(() => {
      this.due = undefined;
      this.wake();
    }, HEAD_START_MS).unref();
  }

  private retry(): void {
    if (this.stopped || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.start();
    }, this.retryMs).unref();
    this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
  }
}
