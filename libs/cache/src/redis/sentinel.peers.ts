import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import { retryDelayMs, sentinelConnection, type HostAndPort, type RedisTierOptions } from './connection.options.js';

/** Where a sentinel says that the master is. */
export interface NamedMaster {
  /** What its host resolves to. */
  readonly addresses: readonly string[];
  readonly port: number;
}

/** Connections to every sentinel: those that were configured, and those that these know of. */
export class SentinelPeers {
  private readonly connections = new Map<string, Redis>();
  private readonly name: string;
  private closed = false;

  constructor(private readonly options: RedisTierOptions) {
    this.name = options.name!;
    for (const sentinel of options.sentinels!) this.connect(sentinel);
  }

  /** How many there are, whether they can be reached or not. */
  get size(): number {
    return this.connections.size;
  }

  /** What each of them says, in no order. @returns null for one that does not answer: it says nothing */
  askForMaster(): readonly Promise<NamedMaster | null>[] {
    return [...this.connections.values()].map((sentinel) => this.masterAccordingTo(sentinel));
  }

  close(): void {
    this.closed = true;
    for (const sentinel of this.connections.values()) sentinel.disconnect();
  }

  private connect(address: HostAndPort): void {
    const { host, port } = this.reachable(address);
    const place = `${host}:${port}`;
    if (this.closed || this.connections.has(place)) return;
    const sentinel = new Redis({ ...sentinelConnection(this.options), host, port, retryStrategy: retryDelayMs });
    // What cannot be reached says nothing; the others do.
    sentinel.on('error', () => {});
    sentinel.on('ready', () => void this.discoverFrom(sentinel));
    this.connections.set(place, sentinel);
  }

  /** Connects to those that this one knows of. */
  private async discoverFrom(sentinel: Redis): Promise<void> {
    for (const fields of await this.ask<readonly string[]>(sentinel, 'SENTINELS')) {
      const [host, port] = ['ip', 'port'].map((name) => fields[fields.indexOf(name) + 1]);
      if (host !== undefined && Number(port) > 0) this.connect({ host, port: Number(port) });
    }
  }

  private async masterAccordingTo(sentinel: Redis): Promise<NamedMaster | null> {
    const [host, port] = await this.ask(sentinel, 'GET-MASTER-ADDR-BY-NAME');
    if (typeof host !== 'string') return null;
    const named = this.reachable({ host, port: Number(port) });
    const addresses = isIP(named.host) === 0 ? await addressesOf(named.host) : [named.host];
    return addresses.length === 0 ? null : { addresses, port: named.port };
  }

  /** @returns nothing from one that does not answer or knows nothing */
  private async ask<T>(sentinel: Redis, question: string): Promise<readonly T[]> {
    if (sentinel.status !== 'ready') return [];
    try {
      const answer = await sentinel.call('SENTINEL', question, this.name);
      return Array.isArray(answer) ? (answer as T[]) : [];
    } catch {
      return [];
    }
  }

  private reachable(address: HostAndPort): HostAndPort {
    return this.options.natMap?.[`${address.host}:${address.port}`] ?? address;
  }
}

async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
