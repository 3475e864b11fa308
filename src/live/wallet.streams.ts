import type { ServerResponse } from 'node:http';

export type StreamNews = 'changed' | 'doubted';

interface Stream {
  readonly client: string;
  readonly response: ServerResponse;
  /** What is to be said at the end of this turn, or after a doubt's delay. */
  timer: NodeJS.Timeout | undefined;
}

/** Proxies and browsers give up a silent connection after a minute at the earliest. */
const HEARTBEAT_MS = 15_000;
/** A reader that does not read is let go. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** Told to everyone at once, all would ask at once. */
const DOUBT_SPREAD_MS = 2_000;
/** A browser has one connection for all its tabs; several people share an address. */
const DEFAULT_LIMITS = { streams: 2_000, perClient: 20 };

/** Open answers of server-sent events, by the wallet they are about. Bounded, in all and for each client. */
export class WalletStreams {
  private readonly byWallet = new Map<string, Set<Stream>>();
  private readonly perClient = new Map<string, number>();
  private readonly heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  private count = 0;
  private closed = false;

  constructor(private readonly limits: Readonly<typeof DEFAULT_LIMITS> = DEFAULT_LIMITS) {}

  get size(): number {
    return this.count;
  }

  /** Whether one more may be opened. */
  admits(client: string): boolean {
    return (
      !this.closed && this.count < this.limits.streams && (this.perClient.get(client) ?? 0) < this.limits.perClient
    );
  }

  /** Takes over an answer whose head is written. It is forgotten when it ends. */
  open(wallet: string, client: string, response: ServerResponse): void {
    const stream: Stream = { client, response, timer: undefined };
    const streams = this.byWallet.get(wallet) ?? new Set();
    this.byWallet.set(wallet, streams.add(stream));
    this.perClient.set(client, (this.perClient.get(client) ?? 0) + 1);
    this.count += 1;
    response.once('close', () => this.forget(wallet, stream));
    say(stream, 'event: open\ndata: {}\n\n');
  }

  /** The wallet's balances were invalidated. */
  changed(wallet: string): void {
    for (const stream of this.byWallet.get(wallet) ?? []) this.tell(stream, wallet, 'changed', 0);
  }

  /** Something may have changed for anybody. */
  doubted(): void {
    for (const [wallet, streams] of this.byWallet) {
      for (const stream of streams) this.tell(stream, wallet, 'doubted', Math.random() * DOUBT_SPREAD_MS);
    }
  }

  /** Ends all: a process that stops waits for no stream. */
  close(): void {
    this.closed = true;
    clearInterval(this.heartbeat);
    for (const streams of this.byWallet.values()) for (const { response } of streams) response.end();
  }

  /** One invalidation may be told several times, by its own process and by the bus: a stream says it once a turn. */
  private tell(stream: Stream, wallet: string, news: StreamNews, delayMs: number): void {
    if (stream.timer !== undefined && news === 'doubted') return;
    clearTimeout(stream.timer);
    stream.timer = setTimeout(() => {
      stream.timer = undefined;
      say(stream, `event: ${news}\ndata: ${JSON.stringify({ wallet })}\n\n`);
    }, delayMs);
  }

  private beat(): void {
    for (const streams of this.byWallet.values()) for (const stream of streams) say(stream, ': still here\n\n');
  }

  private forget(wallet: string, stream: Stream): void {
    clearTimeout(stream.timer);
    const streams = this.byWallet.get(wallet);
    streams?.delete(stream);
    if (streams?.size === 0) this.byWallet.delete(wallet);
    const left = (this.perClient.get(stream.client) ?? 1) - 1;
    if (left === 0) this.perClient.delete(stream.client);
    else this.perClient.set(stream.client, left);
    this.count -= 1;
  }
}

function say({ response }: Stream, text: string): void {
  if (response.writableEnded || response.destroyed) return;
  if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
  else response.write(text);
}
