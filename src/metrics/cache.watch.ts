import { type Cache, CacheMetrics, type Clock, FleetMetrics, type SideData } from '@chaincache/cache';
import { AlertMonitor } from './alerts/alert.monitor.js';
import type { AlertOutlets } from './alerts/alert.outlets.js';
import type { CacheState } from './cache.state.js';
import { statsView, type StatsView } from './stats.view.js';

/** Everything that watches one cache: what it counted, how it stands, how the fleet does, and what is wrong. */
export class CacheWatch {
  readonly metrics: CacheMetrics;
  readonly fleet: FleetMetrics;
  readonly alerts: AlertMonitor;
  private readonly remove: () => void;

  constructor(
    cache: Cache,
    readonly state: CacheState,
    board: SideData,
    clock: Clock,
    readonly instance: string,
    private readonly outlets: AlertOutlets,
  ) {
    this.metrics = CacheMetrics.of(cache, { clock });
    this.remove = cache.events.add(state);
    this.fleet = new FleetMetrics(this.metrics, board, { instance, clock });
    const facts = async () => ({
      stats: this.metrics.getStats(),
      store: state.store(),
      redis: await state.redis(),
    });
    this.alerts = new AlertMonitor(facts, outlets.changed, clock, instance, outlets.looked);
  }

  /** Begins to publish and to look for what is wrong. */
  start(): void {
    void this.fleet.start();
    this.alerts.start();
  }

  async stop(): Promise<void> {
    this.alerts.stop();
    this.outlets.stop();
    this.remove();
    this.metrics.stop();
    await this.fleet.stop();
  }

  /** @param showKeys false: keys do not tell whose they are */
  async stats(showKeys: boolean): Promise<StatsView> {
    const fleet = await this.fleet.getStats();
    return statsView(this.metrics.getStats(), fleet, this.state, this.alerts.statuses(), this.instance, showKeys);
  }
}
