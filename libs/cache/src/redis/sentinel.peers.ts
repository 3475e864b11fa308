import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import { retryDelayMs, sentinelConnection, type HostAndPort, type RedisTierOptions } from './connection.options.js';

/** Where a sentinel says that the master is. */
export interface NamedMaster {
  /** What its host resolves to. */
  readonly addresses: readonly string[];
  readonly port: number;
}

interface Peer {
  readonly connection: Redis;
  readonly isConfigured: boolean;
  reachedAtMs: number;
}

/** Longer than anybody asks for a majority after a failover. */
const FORGOTTEN_AFTER_MS = 60_000;

/** Connections to every sentinel: those that were configured, and those that each of these knew of when it was connected to. */
export class SentinelPeers {
  private readonly peers = new Map<string, Peer>();
  private readonly name: string;
  private closed = false;

  constructor(
    private readonly options: RedisTierOptions,
    private readonly clock: Clock,
  ) {
    this.name = options.name!;
    for (const sentinel of options.sentinels!) this.connect(sentinel, true);
  }

  /** How many there are, whether they can be reached or not. */
  get size(): number {
    return this.peers.size;
  }

  /** What each of them says, in no order. @returns null for one that does not answer: it says nothing */
  askForMaster(): readonly Promise<NamedMaster | null>[] {
    for (const [place, peer] of this.peers) this.forgetIfGone(place, peer);
    return [...this.peers.values()].map(({ connection }) => this.masterAccordingTo(connection));
  }

  close(): void {
    this.closed = true;
    for (const { connection } of this.peers.values()) connection.disconnect();
  }

  private connect(address: HostAndPort, isConfigured: boolean): void {
    const { host, port } = this.reachable(address);
    const place = `${host}:${port}`;
    if (this.closed || this.peers.has(place)) return;
    const sentinel = new Redis({ ...sentinelConnection(this.options), host, port, retryStrategy: retryDelayMs });
    // What cannot be reached says nothing; the others do.
    sentinel.on('error', () => {});
    sentinel.on('ready', () => void this.discoverFrom(sentinel));
    this.peers.set(place, { connection: sentinel, isConfigured, reachedAtMs: this.clock.now() });
  }

  /** Connects to those that this one knows of. */
  private async discoverFrom(sentinel: Redis): Promise<void> {
    for (const fields of await this.ask<readonly string[]>(sentinel, 'SENTINELS')) {
      const [host, port] = ['ip', 'port'].map((name) => fields[fields.indexOf(name) + 1]);
      if (host !== undefined && Number(port) > 0) this.connect({ host, port: Number(port) }, false);
    }
  }

  /** The sentinels go on listing one that was replaced under another address: it must not count for ever. */
  private forgetIfGone(place: string, peer: Peer): void {
    const now = this.clock.now();
    if (peer.connection.status === 'ready') peer.reachedAtMs = now;
    if (peer.isConfigured || now - peer.reachedAtMs < FORGOTTEN_AFTER_MS) return;
    this.peers.delete(place);
    peer.connection.disconnect();
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
