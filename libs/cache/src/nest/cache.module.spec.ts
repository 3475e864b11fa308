import { Inject, Injectable, Module } from '@nestjs/common';
import { CACHE_MANAGER, type Cache as StandardCache } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { Catalog, CacheEvents, CacheInvalidator, CacheManager, defineEntry, type Cache } from '../index.js';
import { MemoryServer } from '../store/memory.server.js';
import { memoryTier } from '../store/memory.store.js';
import { CacheModule, CacheRegistry, InjectCache } from './index.js';

const userInfo = defineEntry<number>()('user info', 'user:info:{wallet}', {
  tags: ['user:{wallet}'],
  fresh: '2m',
  jitter: 0,
});

@Injectable()
class Consumer {
  constructor(
    readonly manager: CacheManager,
    readonly invalidator: CacheInvalidator,
    readonly events: CacheEvents,
    readonly catalog: Catalog,
    readonly registry: CacheRegistry,
    @InjectCache() readonly cache: Cache,
    @Inject(CACHE_MANAGER) readonly standard: StandardCache,
  ) {}
}

/** A module that does not import the cache's: it is global. */
@Module({ providers: [Consumer], exports: [Consumer] })
class Feature {}

describe('CacheModule', () => {
  const start = async (cacheModule = CacheModule.forRoot()) => {
    const module = await Test.createTestingModule({ imports: [cacheModule, Feature] }).compile();
    return module.init();
  };

  it('needs no options, and gives every module the parts of one cache', async () => {
    const app = await start();
    const { cache, manager, invalidator, events, catalog } = app.get(Consumer);
    expect([manager, invalidator, events, catalog]).toEqual([
      cache.manager,
      cache.invalidator,
      cache.events,
      cache.catalog,
    ]);
    expect(await manager.getOrSet('greeting', () => 'hello')).toBe('hello');
    expect(cache.storeState()).toBe('none');
    await app.close();
  });

  it('takes its options from a factory with injected parts', async () => {
    @Module({ providers: [{ provide: 'fresh', useValue: '5m' }], exports: ['fresh'] })
    class Config {}
    const app = await start(
      CacheModule.forRootAsync({
        imports: [Config],
        inject: ['fresh'],
        useFactory: async (fresh: '5m') => ({
          catalog: new Catalog([userInfo]),
          overrides: { 'user info': { fresh } },
        }),
      }),
    );
    const { manager } = app.get(Consumer);
    await manager.set(userInfo.ref({ wallet: 'a' }), 1);
    expect(await manager.ttl(userInfo.ref({ wallet: 'a' }))).toBeGreaterThan(290_000);
    await app.close();
  });

  it('puts the standard cache on the same tiers, under the same promise', async () => {
    const app = await start(CacheModule.forRoot({ catalog: new Catalog([userInfo]) }));
    const { standard, invalidator } = app.get(Consumer);
    expect(await standard.wrap('user:info:a', () => 1)).toBe(1);
    await invalidator.invalidateUserCache('a');
    expect(await standard.wrap('user:info:a', () => 2)).toBe(2);
    await app.close();
  });

  it('closes the store with the application', async () => {
    const server = new MemoryServer();
    const tier = memoryTier(server);
    const closed = jest.spyOn(tier.store, 'close');
    const app = await start(CacheModule.forRoot({ store: tier.store, bus: tier.bus }));
    expect(app.get(Consumer).cache.storeState()).toBe('up');
    await app.close();
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('refuses a store of one’s own beside Redis', async () => {
    const tier = memoryTier(new MemoryServer());
    const boot = start(CacheModule.forRoot({ redis: { url: 'redis://127.0.0.1:1' }, store: tier.store }));
    await expect(boot).rejects.toThrow(/either `redis`, or a `store` and `bus`, not both/);
  });
});
