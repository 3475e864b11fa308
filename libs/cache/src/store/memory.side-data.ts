import { systemClock } from '../clock.js';
import type { Clock } from '../clock.js';
import { ExpiringMap } from './memory.server.js';
import type { SideData } from './side-data.port.js';

/** Side data of one process, for where there is no Redis. */
export class MemorySideData implements SideData {
  private readonly texts: ExpiringMap<string>;

  constructor(clock: Clock = systemClock) {
    this.texts = new ExpiringMap(() => clock.now());
  }

  async get(key: string): Promise<string | undefined> {
    return this.texts.get(key);
  }

  async set(key: string, text: string, ttlMs: number): Promise<void> {
    this.texts.set(key, text, ttlMs);
  }

  async del(key: string): Promise<void> {
    this.texts.delete(key);
  }

  async ttl(key: string): Promise<number | null> {
    const remainingMs = this.texts.remainingMs(key);
    return remainingMs < 0 ? null : remainingMs;
  }
}
