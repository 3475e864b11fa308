import type { Redis } from 'ioredis';
import type { CancelTimer, Clock } from '../clock.js';
import type { RedisTierOptions } from './connection.options.js';
import { SentinelPeers, type NamedMaster } from './sentinel.peers.js';
import { unavailable } from './unavailable.error.js';

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
  private readonly peers: SentinelPeers;
  private cancel: CancelTimer | undefined;
  private askedAtMs: number;

  /** @param clients whose connections are watched */
  constructor(
    options: RedisTierOptions,
    private readonly clients: readonly Redis[],
    private readonly clock: Clock,
  ) {
    this.peers = new SentinelPeers(options, clock);
    this.askedAtMs = clock.now();
    this.askLater();
  }

  stop(): void {
    this.cancel?.();
    this.peers.close();
  }

  /**
   * Resolves when no sentinel that answers names another master than the one that this client is connected to.
   * @param byMajority whether most sentinels must answer: one alone may be the last to hear of a failover
   * @throws CacheError `STORE_UNAVAILABLE`
   */
  async confirm(client: Redis, byMajority: boolean): Promise<void> {
    const answers = await Promise.all(this.peers.askForMaster());
    const named = answers.filter((master) => master !== null);
    if (named.some((master) => isElsewhere(client, master))) {
      throw unavailable(new Error('a sentinel names another master'));
    }
    if (byMajority && named.length * 2 <= this.peers.size) {
      throw unavailable(new Error('too few sentinels confirm a master that lost a replica'));
    }
  }

  private askLater(): void {
    this.cancel = this.clock.setTimer(() => {
      const pauseMs = this.clock.now() - this.askedAtMs;
      this.askedAtMs = this.clock.now();
      // Nobody can say what this process has missed: whoever is the master is looked up again.
      if (pauseMs > ASK_EVERY_MS + LONGEST_PAUSE_MS) this.giveUp(() => true);
      for (const answer of this.peers.askForMaster()) void answer.then((master) => this.follow(master));
      this.askLater();
    }, ASK_EVERY_MS);
  }

  private follow(master: NamedMaster | null): void {
    if (master !== null) this.giveUp((client) => isElsewhere(client, master));
  }

  private giveUp(isToGo: (client: Redis) => boolean): void {
    for (const client of this.clients) if (isToGo(client)) client.disconnect(true);
  }
}

function isElsewhere(client: Redis, { addresses, port }: NamedMaster): boolean {
  if (client.status !== 'ready') return false;
  const { remoteAddress, remotePort } = client.stream as { remoteAddress?: string; remotePort?: number };
  if (remoteAddress === undefined) return false;
  return remotePort !== port || !addresses.includes(remoteAddress.replace(/^::ffff:/, ''));
}
