import type { ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { CacheWatch } from '../metrics/index.js';
import { entryP99Ms } from './entry.latencies.js';
import { StatsHistory } from './stats.history.js';
import { type Recheck, say, StatsStreams } from './stats.streams.js';

const REMEMBER_EVERY_MS = 5_000;
const TELL_EVERY_MS = 2_000;

/** Remembers how the cache did lately, and tells open consoles how it does. While none is open, nobody else is asked. */
@Injectable()
export class LiveStats implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly history = new StatsHistory();
  private readonly timers: NodeJS.Timeout[] = [];
  private telling = false;

  constructor(
    private readonly watch: CacheWatch,
    private readonly streams: StatsStreams,
  ) {}

  onApplicationBootstrap(): void {
    const remember = (): void => this.history.add(this.watch.metrics.getStats(), Date.now());
    this.timers.push(setInterval(remember, REMEMBER_EVERY_MS).unref());
    this.timers.push(setInterval(() => void this.tell(), TELL_EVERY_MS).unref());
  }

  onModuleDestroy(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.streams.close();
  }

  /** @param response whose head is written */
  async open(client: string, response: ServerResponse, principal: Principal, recheck: Recheck): Promise<void> {
    this.streams.open(client, response, recheck);
    const showKeys = principal.scopes.has('cache:admin');
    try {
      const opening = { ...(await this.news(showKeys)), scopes: [...principal.scopes], history: this.history.all() };
      say(response, 'open', JSON.stringify(opening));
    } catch {
      response.end();
    }
  }

  private async tell(): Promise<void> {
    // A reading that takes longer than its turn is not joined by a second one.
    if (this.telling || this.streams.size === 0) return;
    this.telling = true;
    await this.streams.tell(async (showKeys) => JSON.stringify(await this.news(showKeys)));
    this.telling = false;
  }

  private async news(showKeys: boolean): Promise<object> {
    const stats = await this.watch.stats(showKeys);
    return { at: Date.now(), stats, entryP99Ms: entryP99Ms(this.watch.metrics) };
  }
}
