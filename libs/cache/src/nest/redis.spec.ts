import { randomUUID } from 'node:crypto';
import { CACHE_MANAGER, type Cache as StandardCache } from '@nestjs/cache-manager';
import { Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { Test, type TestingModule } from '@nestjs/testing';
import { sharedRedisUrl } from '../../../../test/support/services.js';
import { CacheInvalidator, defineEntry, type Cache } from '../index.js';
import type { RedisTier } from '../redis/index.js';
import { CacheModule, Cached, CacheTrace, InjectCache, InjectRedisTier, InvalidateOn } from './index.js';

/** Never in L1, so that what one application invalidated the other one must not serve an instant later. */
const userInfo = defineEntry<string>()('user info', 'user:info:{wallet}', { tags: ['user:{wallet}'], staleness: 0 });

class UserUpdated {
  static readonly type = 'user.updated';
  constructor(readonly wallet: string) {}
}

/** A promise and how to resolve it. */
function gate<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((release) => (resolve = release));
  return { promise, resolve };
}

/** One row that both applications read. */
const table = { name: 'Ada' };

@Injectable()
@InvalidateOn(UserUpdated, (event) => [`user:${event.wallet}`])
class Users {
  @Cached(userInfo)
  async find(wallet: string): Promise<string> {
    return `${wallet} ${table.name}`;
  }

  async read(wallet: string): Promise<[string, string | undefined]> {
    return CacheTrace.run(async (trace) => [await this.find(wallet), trace.last()?.tier]);
  }
}

@Injectable()
class Parts {
  constructor(
    @InjectCache() readonly cache: Cache,
    @InjectRedisTier() readonly tier: RedisTier,
  ) {}
}

describe('two applications on one Redis', () => {
  let apps: TestingModule[];

  beforeEach(async () => {
    table.name = 'Ada';
    const keyPrefix = `${randomUUID()}:`;
    const start = async () => {
      const module = await Test.createTestingModule({
        imports: [EventEmitterModule.forRoot(), CacheModule.forRoot({ redis: { url: sharedRedisUrl(), keyPrefix } })],
        providers: [Users, Parts],
      }).compile();
      const app = await module.init();
      await up(app.get(Parts));
      return app;
    };
    apps = await Promise.all([start(), start()]);
  });
  afterEach(() => Promise.all(apps.map((app) => app.close())));

  /** Resolves once the store is connected and believed. */
  const up = async ({ cache, tier }: Parts): Promise<void> => {
    await new Promise<void>((resolve) => tier.store.subscribe({ up: resolve, down: () => {} }));
    await cache.relayOutbox();
  };

  it('share what one of them loaded', async () => {
    const [one, two] = apps.map((app) => app.get(Users));
    expect(await one!.read('a')).toEqual(['a Ada', 'MISS']);
    expect(await two!.read('a')).toEqual(['a Ada', 'L2']);
  });

  it('serve nothing older than an event that one of them handled', async () => {
    const [one, two] = apps.map((app) => app.get(Users));
    await two!.read('a');
    table.name = 'Grace';
    await apps[0]!.get(EventEmitter2).emitAsync(UserUpdated.type, new UserUpdated('a'));
    expect(await two!.read('a')).toEqual(['a Grace', 'MISS']);
    expect(await one!.read('a')).toEqual(['a Grace', 'L2']);
  });

  it('keep no value under CACHE_MANAGER that was read before the other one invalidated', async () => {
    const standard = apps[0]!.get<StandardCache>(CACHE_MANAGER);
    const running = gate<void>();
    const source = gate<string>();
    const before = standard.wrap('report:a', () => {
      running.resolve();
      return source.promise;
    });
    await running.promise;
    await apps[1]!.get(CacheInvalidator).invalidateByPattern('report:*', 'cache-manager');
    source.resolve('old');
    await before;
    const other = apps[1]!.get<StandardCache>(CACHE_MANAGER);
    expect(await other.get('report:a')).toBeUndefined();
    expect(await other.wrap('report:a', () => 'new')).toBe('new');
  });

  it('close their connections', async () => {
    const { tier } = apps[0]!.get(Parts);
    const ended = new Promise((resolve) => tier.client.once('end', resolve));
    await apps[0]!.close();
    await ended;
    expect(tier.client.status).toBe('end');
  });
});
