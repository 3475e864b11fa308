import { Injectable, Logger } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { ManualClock } from '../../testing/index.js';
import { CacheManager, defineEntry } from '../index.js';
import { CacheModule, Cached, CacheRegistry, InvalidateOn, Warm, type WarmPlan, type WarmRunner } from './index.js';

class BlockCreated {
  static readonly type = 'block.created';
  readonly height = 2;
}

class UserLoggedIn {
  static readonly type = 'user.logged-in';
  constructor(readonly wallet: string) {}
}

const stats = defineEntry<number>()('network stats', 'network:stats', { fresh: '1m', jitter: 0, tags: ['chain'] });
const userInfo = defineEntry<string>()('user info', 'user:info:{wallet}');

@Injectable()
class Network {
  height = 1;
  reads = 0;
  failures = 0;

  @Cached(stats)
  @Warm(stats, { atStart: true, every: '30s' })
  @Warm(stats, { on: BlockCreated })
  @InvalidateOn(BlockCreated, () => ['chain'])
  async load(): Promise<number> {
    this.reads += 1;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('no node');
    }
    return this.height;
  }
}

@Injectable()
class Users {
  @Cached(userInfo)
  @Warm(userInfo, { on: UserLoggedIn, params: (event) => [{ wallet: event.wallet }] })
  async load(wallet: string): Promise<string> {
    return `user ${wallet}`;
  }
}

describe('@Warm', () => {
  afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));

  let clock: ManualClock;
  const start = async (options: Parameters<typeof CacheModule.forRoot>[0] = {}) => {
    const module = await Test.createTestingModule({
      imports: [EventEmitterModule.forRoot(), CacheModule.forRoot({ clock, ...options })],
      providers: [Network, Users],
    }).compile();
    Logger.overrideLogger(false);
    return module.init();
  };

  beforeEach(() => {
    clock = new ManualClock();
  });

  it('loads at start, without keeping the application from starting', async () => {
    const app = await start();
    await clock.advance(0);
    expect(await app.get(CacheManager).get(stats.ref({}))).toBe(1);
    await app.close();
  });

  it('loads again at each interval, whether or not the value is still fresh', async () => {
    const app = await start();
    const network = app.get(Network);
    await clock.advance(29_999);
    network.height = 2;
    expect(await network.load()).toBe(1);
    await clock.advance(1);
    expect(await network.load()).toBe(2);
    await clock.advance(60_000);
    expect(network.reads).toBe(4);
    await app.close();
  });

  it('goes on after a failed load', async () => {
    const app = await start();
    await clock.advance(0);
    app.get(Network).failures = 1;
    await clock.advance(60_000);
    expect(app.get(Network).reads).toBe(3);
    await app.close();
  });

  it('loads at an event, after what the event invalidates', async () => {
    const app = await start();
    await clock.advance(0);
    app.get(Network).height = 2;
    await app.get(EventEmitter2).emitAsync(BlockCreated.type, new BlockCreated());
    await clock.advance(0);
    expect(await app.get(CacheManager).get(stats.ref({}))).toBe(2);
    expect(app.get(Network).reads).toBe(2);
    await app.close();
  });

  it('loads the keys that an event names', async () => {
    const app = await start();
    await app.get(EventEmitter2).emitAsync(UserLoggedIn.type, new UserLoggedIn('a'));
    await clock.advance(0);
    expect(await app.get(CacheManager).get('user:info:a')).toBe('user a');
    await app.close();
  });

  it('stops with the application', async () => {
    const app = await start();
    await clock.advance(0);
    await app.close();
    const { reads } = app.get(Network);
    await clock.advance(120_000);
    expect(app.get(Network).reads).toBe(reads);
  });

  it('is listed in the registry, with a loader for each plan, and may be carried out by another runner', async () => {
    const started: WarmPlan[] = [];
    @Injectable()
    class MyRunner implements WarmRunner {
      start(plans: readonly WarmPlan[]): void {
        started.push(...plans);
      }
      trigger(): void {}
      async stop(): Promise<void> {}
    }
    const app = await start({ warmRunner: MyRunner });
    expect(started).toEqual(app.get(CacheRegistry).warmPlans());
    expect(started.map(({ source, trigger }) => [source, trigger])).toEqual([
      ['Network.load', { kind: 'event', eventName: 'block.created' }],
      ['Network.load', { kind: 'start' }],
      ['Network.load', { kind: 'interval', everyMs: 30_000 }],
      ['Users.load', { kind: 'event', eventName: 'user.logged-in' }],
    ]);
    expect(app.get(Network).reads).toBe(0);
    await app.close();
  });

  it('fails the boot for an entry that nothing loads', async () => {
    const orphan = defineEntry<number>()('orphan', 'orphan');
    @Injectable()
    @Warm(orphan, { atStart: true })
    class Lonely {}
    const module = await Test.createTestingModule({ imports: [CacheModule.forRoot()], providers: [Lonely] }).compile();
    await expect(module.init()).rejects.toThrow(/@Warm on Lonely: nothing can load entry "orphan"/);
  });

  it('refuses a @Warm that says no time', () => {
    expect(() => Warm(stats, {} as never)).toThrow(/says no time: give it every, on or atStart/);
    expect(() => Warm(stats, { every: '0s' })).toThrow(/every is 0/);
  });
});
