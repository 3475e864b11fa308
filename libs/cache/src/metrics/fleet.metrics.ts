import { randomUUID } from 'node:crypto';
import { systemClock, type CancelTimer, type Clock } from '../clock.js';
import type { CacheMetrics } from '../cache-metrics.js';
import type { SideData } from '../store/side-data.port.js';
import type { CacheStats } from './cache.stats.js';
import { decodeSnapshot, encodeSnapshot, snapshotOfAll, type MetricsSnapshot } from './metrics.snapshot.js';
import { statsOf } from './stats.summary.js';

export interface FleetMetricsOptions {
  /** What this instance is called among the others, at most 100 characters. Default: a random UUID. */
  readonly instance?: string;
  readonly clock?: Clock;
  /** How often this instance tells of itself, ms. Default 5 000. */
  readonly publishEveryMs?: number;
  /** How many top keys `getStats` names. Default 20. */
  readonly topKeys?: number;
}

/** One instance of the fleet, by what it told last. */
export interface InstanceStats {
  readonly instance: string;
  readonly uptimeSeconds: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly hitRate: number | null;
  readonly avgResponseTimeMs: number | null;
  readonly l1Bytes: number;
}

export interface FleetStats extends CacheStats {
  readonly instances: readonly InstanceStats[];
  /** False while the others cannot be asked: then these are the figures of this instance alone. */
  readonly complete: boolean;
}

const MEMBERS = 'fleet:members';
/** An instance that missed three turns is gone. */
const TURNS = 3;
/** More than any fleet: what a stranger wrote into the list is not followed without end. */
const MAX_MEMBERS = 256;

/**
 * The figures of all instances, through what they share. Each publishes a snapshot of its counts every few seconds, with
 * a life of three turns, so that an instance that died drops out by itself. The list of members is repaired by each
 * turn: two that write it at once can lose one name, which puts itself back at its next.
 */
export class FleetMetrics {
  readonly instance: string;
  private readonly clock: Clock;
  private readonly everyMs: number;
  private readonly topKeys: number;
  private cancel: CancelTimer | undefined;
  private turn: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly metrics: CacheMetrics,
    private readonly board: SideData,
    options: FleetMetricsOptions = {},
  ) {
    this.instance = (options.instance ?? randomUUID()).slice(0, 100);
    this.clock = options.clock ?? systemClock;
    this.everyMs = options.publishEveryMs ?? 5_000;
    this.topKeys = options.topKeys ?? 20;
  }

  /** Publishes now and from now on. Never rejects: while the board cannot be reached, nobody knows of this instance. */
  async start(): Promise<void> {
    if (this.stopped || this.turn !== undefined) return;
    this.turn = this.publish().catch(() => undefined);
    await this.turn;
    this.turn = undefined;
    if (this.stopped) return;
    // Not all at once: instances that start together would all write the list of members together, turn after turn.
    this.cancel = this.clock.setTimer(() => void this.start(), this.everyMs * (0.8 + 0.2 * this.clock.random()));
  }

  /** Leaves the fleet. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel?.();
    await this.turn;
    await this.board.del(keyOf(this.instance)).catch(() => undefined);
  }

  /** The figures of the whole fleet; of this instance alone where the others cannot be asked. */
  async getStats(): Promise<FleetStats> {
    const own: [string, MetricsSnapshot] = [this.instance, this.metrics.snapshot()];
    const others = await this.others().catch(() => null);
    const all = [own, ...(others ?? [])];
    const snapshots = all.map(([, snapshot]) => snapshot);
    return {
      ...statsOf(snapshotOfAll(snapshots, this.topKeys)),
      instances: all.map(([instance, snapshot]) => summaryOf(instance, snapshot)),
      complete: others !== null,
    };
  }

  private async publish(): Promise<void> {
    await this.board.set(keyOf(this.instance), encodeSnapshot(this.metrics.snapshot()), this.everyMs * TURNS);
    const listed = await this.members();
    const alive = await Promise.all(listed.map(async (name) => ((await this.isAlive(name)) ? name : null)));
    const members = [...new Set([...alive.filter((name) => name !== null), this.instance])];
    const unchanged = members.length === listed.length && members.every((name) => listed.includes(name));
    // Written with each turn, changed or not: the list lives as long as anybody does.
    const lifeMs = this.everyMs * TURNS * 2;
    await this.board.set(MEMBERS, JSON.stringify(unchanged ? listed : members), lifeMs);
  }

  private async others(): Promise<[string, MetricsSnapshot][]> {
    const names = (await this.members()).filter((name) => name !== this.instance);
    const told = await Promise.all(
      names.map(async (name): Promise<[string, MetricsSnapshot] | null> => {
        const text = await this.board.get(keyOf(name));
        const snapshot = text === undefined ? null : decodeSnapshot(text);
        return snapshot && [name, snapshot];
      }),
    );
    return told.filter((one) => one !== null);
  }

  private async members(): Promise<string[]> {
    const text = await this.board.get(MEMBERS);
    try {
      const names: unknown = JSON.parse(text ?? '[]');
      if (!Array.isArray(names)) return [];
      return names.filter((name): name is string => typeof name === 'string').slice(0, MAX_MEMBERS);
    } catch {
      return [];
    }
  }

  private async isAlive(name: string): Promise<boolean> {
    return name === this.instance || (await this.board.ttl(keyOf(name))) !== null;
  }
}

function keyOf(instance: string): string {
  return `fleet:instance:${instance}`;
}

function summaryOf(instance: string, snapshot: MetricsSnapshot): InstanceStats {
  const stats = statsOf(snapshot);
  const recent = stats.windows['5m'];
  return {
    instance,
    uptimeSeconds: Math.round(stats.seconds),
    requests: stats.requests,
    requestsPerSecond: stats.requestsPerSecond,
    hitRate: recent.hitRate,
    avgResponseTimeMs: recent.avgResponseTimeMs,
    l1Bytes: stats.l1.bytes,
  };
}
