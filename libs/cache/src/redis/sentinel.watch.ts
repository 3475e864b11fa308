import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import type { CancelTimer, Clock } from '../clock.js';
import { retryDelayMs, sentinelConnection, type HostAndPort, type RedisTierOptions } from './connection.options.js';

/** How often each sentinel is asked who the master is. */
const ASK_EVERY_MS = 200;
/** A pause of this process in which anything may have happened. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * Gives up connections to a master that a sentinel no longer names. A deposed master does not know that it is one: after a
 * failover it goes on for some ten seconds, answers reads, and acknowledges writes that are lost. Every sentinel is asked,
 * as those that did not lead the failover hear of it later; one that names another server is enough, for without L2
 * nothing stale is served.
 */
export class SentinelWatch {
  private readonly sentinels: readonly Redis[];
  private readonly name: string;
  private readonly natMap: Readonly<Record<string, HostAndPort>>;
  private cancel: CancelTimer | undefined;
  private askedAtMs: number;

  /** @param clients whose connections are watched */
  constructor(
    options: RedisTierOptions,
    private readonly clients: readonly Redis[],
    private readonly clock: Clock,
  ) {
    this.name = options.name!;
    this.natMap = options.natMap ?? {};
    this.sentinels = options.sentinels!.map(({ host, port }) => {
      const sentinel = new Redis({ ...sentinelConnection(options), host, port, retryStrategy: retryDelayMs });
      // What cannot be reached says nothing; the others do.
      sentinel.on('error', () => {});
      return sentinel;
    });
    this.askedAtMs = clock.now();
    this.askLater();
  }

  stop(): void {
    this.cancel?.();
    for (const sentinel of this.sentinels) sentinel.disconnect();
  }

  private askLater(): void {
    this.cancel = this.clock.setTimer(() => {
      const pauseMs = this.clock.now() - this.askedAtMs;
      this.askedAtMs = this.clock.now();
      // Nobody can say what this process has missed: whoever is the master is looked up again.
      if (pauseMs > ASK_EVERY_MS + LONGEST_PAUSE_MS) for (const client of this.clients) client.disconnect(true);
      for (const sentinel of this.sentinels) void this.ask(sentinel);
      this.askLater();
    }, ASK_EVERY_MS);
  }

  private async ask(sentinel: Redis): Promise<void> {
    if (sentinel.status !== 'ready') return;
    try {
      const answer = await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.name);
      if (!Array.isArray(answer)) return;
      const [host, port] = answer as [string, string];
      const named = this.natMap[`${host}:${port}`] ?? { host, port: Number(port) };
      const addresses = isIP(named.host) === 0 ? await addressesOf(named.host) : [named.host];
      for (const client of this.clients) if (isElsewhere(client, addresses, named.port)) client.disconnect(true);
    } catch {
      // It did not answer: it says nothing.
    }
  }
}

function isElsewhere(client: Redis, addresses: readonly string[], port: number): boolean {
  if (client.status !== 'ready') return false;
  const { remoteAddress, remotePort } = client.stream as { remoteAddress?: string; remotePort?: number };
  if (remoteAddress === undefined) return false;
  return remotePort !== port || !addresses.includes(remoteAddress.replace(/^::ffff:/, ''));
}

async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
