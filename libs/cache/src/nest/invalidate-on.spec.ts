import { Injectable, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { ManualClock } from '../../testing/index.js';
import { CacheInvalidator, CacheManager, defineEntry } from '../index.js';
import { CacheModule, CacheRegistry, InvalidateOn } from './index.js';

class UserUpdated {
  static readonly type = 'user.updated';
  constructor(readonly wallet: string) {}
}

class TokensTransferred {
  static readonly type = 'tokens.transferred';
  constructor(
    readonly from: string,
    readonly to: string,
    readonly block: number,
  ) {}
}

const userInfo = defineEntry<number>()('user info', 'user:info:{wallet}', { tags: ['user:{wallet}'] });
const balances = defineEntry<number>()('balances', 'tokens:{address}', { tags: ['wallet:{address}'] });

@Injectable()
@InvalidateOn(UserUpdated, (event) => [`user:${event.wallet}`])
class UserRules {}

@Injectable()
class TokenRules {
  private readonly prefix = 'wallet:';

  @InvalidateOn(TokensTransferred)
  wallets(event: TokensTransferred): { tags: string[]; minHeight: number } {
    return { tags: [this.prefix + event.from, this.prefix + event.to], minHeight: event.block };
  }
}

type Providers = NonNullable<Parameters<typeof Test.createTestingModule>[0]['providers']>;

async function startWith(providers: Providers, clock?: ManualClock) {
  const module = await Test.createTestingModule({
    imports: [EventEmitterModule.forRoot(), CacheModule.forRoot(clock === undefined ? {} : { clock })],
    providers,
  }).compile();
  Logger.overrideLogger(false);
  return module.init();
}

/** Fails as often as it is told to, then maps like any other. */
@Injectable()
class Flaky {
  failures = 0;
  tries = 0;

  @InvalidateOn(UserUpdated)
  tags(event: UserUpdated): string[] {
    this.tries += 1;
    if (this.tries <= this.failures) throw new Error('not now');
    return [`user:${event.wallet}`];
  }
}

describe('@InvalidateOn', () => {
  afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));

  const ref = userInfo.ref({ wallet: 'a' });

  it('has invalidated by the time emitAsync resolves', async () => {
    const app = await startWith([UserRules]);
    const manager = app.get(CacheManager);
    await manager.set(ref, 1);
    await app.get(EventEmitter2).emitAsync(UserUpdated.type, new UserUpdated('a'));
    expect(await manager.get(ref)).toBeUndefined();
    await app.close();
  });

  it('invalidates all tags of one event in one step, with the height it demands', async () => {
    const app = await startWith([TokenRules]);
    const calls = jest.spyOn(app.get(CacheInvalidator), 'invalidateByTags');
    await app.get(EventEmitter2).emitAsync(TokensTransferred.type, new TokensTransferred('a', 'b', 7));
    expect(calls.mock.calls).toEqual([[['wallet:a', 'wallet:b'], { minHeight: 7 }]]);
    await app.close();
  });

  it('can name keys as well', async () => {
    @Injectable()
    @InvalidateOn(UserUpdated, (event) => ({ keys: [balances.ref({ address: event.wallet }), 'plain'] }))
    class KeyRules {}
    const app = await startWith([KeyRules]);
    const manager = app.get(CacheManager);
    await manager.set(balances.ref({ address: 'a' }), 1);
    await manager.set('plain', 1);
    await app.get(EventEmitter2).emitAsync(UserUpdated.type, new UserUpdated('a'));
    expect([await manager.get(balances.ref({ address: 'a' })), await manager.get('plain')]).toEqual([
      undefined,
      undefined,
    ]);
    await app.close();
  });

  it('hears what is emitted while modules start', async () => {
    @Injectable()
    class EarlyBird implements OnModuleInit {
      constructor(
        private readonly emitter: EventEmitter2,
        private readonly manager: CacheManager,
      ) {}

      async onModuleInit(): Promise<void> {
        await this.manager.set(ref, 1);
        await this.emitter.emitAsync(UserUpdated.type, new UserUpdated('a'));
      }
    }
    @Module({ providers: [EarlyBird] })
    class Early {}
    const module = await Test.createTestingModule({
      imports: [Early, EventEmitterModule.forRoot(), CacheModule.forRoot()],
      providers: [UserRules],
    }).compile();
    await module.init();
    expect(await module.get(CacheManager).get(ref)).toBeUndefined();
    await module.close();
  });

  it('tries a failed one again, with growing pauses, until it is applied', async () => {
    const clock = new ManualClock();
    const app = await startWith([Flaky], clock);
    const flaky = app.get(Flaky);
    flaky.failures = 2;
    await app.get(CacheManager).set(ref, 1);
    const emitted = app.get(EventEmitter2).emitAsync(UserUpdated.type, new UserUpdated('a'));
    await clock.advance(49);
    expect(flaky.tries).toBe(2);
    await clock.advance(100);
    await emitted;
    expect(await app.get(CacheManager).get(ref)).toBeUndefined();
    expect(app.get(CacheRegistry).listeners()).toMatchObject([
      { eventName: 'user.updated', source: 'Flaky.tags', appliedCount: 1, failedCount: 0 },
    ]);
    await app.close();
  });

  it('rejects what emitAsync returned when every try failed', async () => {
    const clock = new ManualClock();
    const app = await startWith([Flaky], clock);
    app.get(Flaky).failures = Infinity;
    const emitted = app.get(EventEmitter2).emitAsync(UserUpdated.type, new UserUpdated('a'));
    const outcome = Promise.allSettled([emitted]);
    await clock.advance(10_000);
    expect(await outcome).toMatchObject([{ status: 'rejected', reason: { message: 'not now' } }]);
    expect(app.get(Flaky).tries).toBe(6);
    expect(app.get(CacheRegistry).listeners()[0]?.failedCount).toBe(1);
    await app.close();
  });

  it('never becomes an unhandled rejection where the event was emitted without waiting', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    const clock = new ManualClock();
    const app = await startWith([Flaky], clock);
    app.get(Flaky).failures = Infinity;
    app.get(EventEmitter2).emit(UserUpdated.type, new UserUpdated('a'));
    await clock.advance(10_000);
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect([app.get(Flaky).tries, unhandled]).toEqual([6, []]);
    await app.close();
  });

  it('does not repeat what cannot succeed', async () => {
    let tries = 0;
    @Injectable()
    @InvalidateOn(UserUpdated, () => {
      tries += 1;
      return ['@not-a-tag'];
    })
    class Wrong {}
    const app = await startWith([Wrong]);
    const emitted = app.get(EventEmitter2).emitAsync(UserUpdated.type, new UserUpdated('a'));
    await expect(emitted).rejects.toMatchObject({ code: 'INVALID_TAG' });
    expect(tries).toBe(1);
    await app.close();
  });

  it('lets no failing listener hold back another one of the same event', async () => {
    const clock = new ManualClock();
    const app = await startWith([Flaky, UserRules], clock);
    app.get(Flaky).failures = Infinity;
    await app.get(CacheManager).set(ref, 1);
    app.get(EventEmitter2).emit(UserUpdated.type, new UserUpdated('a'));
    await new Promise(setImmediate);
    expect(await app.get(CacheManager).get(ref)).toBeUndefined();
    await app.close();
  });

  it('at shutdown gives one last try to what waits, and stops listening', async () => {
    const app = await startWith([Flaky], new ManualClock());
    const flaky = app.get(Flaky);
    flaky.failures = 1;
    const emitter = app.get(EventEmitter2);
    const emitted = emitter.emitAsync(UserUpdated.type, new UserUpdated('a'));
    await new Promise(setImmediate);
    await app.close();
    await emitted;
    expect(flaky.tries).toBe(2);
    expect(emitter.listenerCount(UserUpdated.type)).toBe(0);
  });

  it('fails the boot where nothing can emit, and says what to import', async () => {
    const module = await Test.createTestingModule({
      imports: [CacheModule.forRoot()],
      providers: [UserRules],
    }).compile();
    await expect(module.init()).rejects.toThrow(/nothing can emit user\.updated.*EventEmitterModule\.forRoot\(\)/);
  });

  it('refuses an event class without a name', () => {
    class Nameless {
      readonly wallet = 'a';
    }
    const declare = () => InvalidateOn(Nameless as never);
    expect(declare).toThrow(/the event class Nameless has no name.*static readonly type/);
    expect(() => InvalidateOn(undefined as never)).toThrow(/its event class is undefined.*in a circle/);
  });
});
