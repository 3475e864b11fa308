import { Injectable } from '@nestjs/common';
import { CacheManager } from '@chaincache/cache';
import { CacheRegistry } from '@chaincache/cache/nest';
import { blockHeight } from '../catalog/network.entries.js';

/** How high the R3MES chain is, asked of its node when what is known does not do. */
@Injectable()
export class R3mesHead {
  private known = 0;

  constructor(
    private readonly manager: CacheManager,
    private readonly registry: CacheRegistry,
  ) {}

  /** @returns the highest block that can have been seen: the chain's next one @throws SourceError, CacheError when nobody can tell */
  async limit(height: number): Promise<number> {
    if (height > this.known + 1) {
      const load = this.registry.loaderOf(blockHeight)!({});
      this.known = (await this.manager.getOrSetResult(blockHeight.ref({}), load, { mode: 'fresh' })).value;
    }
    return this.known + 1;
  }
}
