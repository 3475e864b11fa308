/** What `package.mjs` adds to the application of the README: both ways in for those who know cache-manager or Keyv. */
import { Inject, Injectable, Module } from '@nestjs/common';
import type { Cache as StandardCache } from 'cache-manager';
import type { Keyv } from 'keyv';
import { CacheInvalidator, type Cache } from '@chaincache/cache';
import { createKeyv } from '@chaincache/cache/compat';
import { InjectCache } from '@chaincache/cache/nest';
import { AppModule } from '../types/readme-example.js';

@Injectable()
export class Probe {
  readonly keyv: Keyv;

  constructor(
    @Inject('CACHE_MANAGER') readonly standard: StandardCache,
    @InjectCache() cache: Cache,
    readonly invalidator: CacheInvalidator,
  ) {
    this.keyv = createKeyv(cache);
  }
}

@Module({ imports: [AppModule], providers: [Probe] })
export class ProbeModule {}
