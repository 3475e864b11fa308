import { Controller, Get, HttpCode, Inject, Injectable, Module, Param, Scope, UseInterceptors } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Catalog, CacheInvalidator, CacheManager, defineEntry } from '../index.js';
import { CacheHeadersInterceptor, CacheModule, Cached, CacheRegistry, loadContext } from './index.js';

interface User {
  readonly wallet: string;
  readonly credits: number;
}

const userInfo = defineEntry<User>()('user info', 'user:info:{wallet}', { tags: ['user:{wallet}'] });
const position = defineEntry<number>()('position', 'position:{board}:{wallet}');
const height = defineEntry<number>()('block height', 'block:height');

/** The source of the data: it counts how often it is asked. */
@Injectable()
class Users {
  readonly asked: string[] = [];
  credits = 5;

  constructor(@Inject('greeting') readonly greeting: string) {}

  @Cached(userInfo)
  async load(wallet: string): Promise<User | undefined> {
    this.asked.push(wallet);
    loadContext()?.freshFor(60_000);
    if (wallet === 'broken') throw new RangeError('no such table');
    return wallet === 'nobody' ? undefined : { wallet, credits: this.credits };
  }

  @Cached(position)
  async find(board: string, wallet: string): Promise<number> {
    return board.length * 100 + wallet.length;
  }

  describe(wallet: string): Promise<User | undefined> {
    return this.load(wallet);
  }
}

@Controller()
@UseInterceptors(CacheHeadersInterceptor)
class Blocks {
  asked = 0;

  @Get('height/:unused')
  @HttpCode(203)
  @Cached(height)
  async height(): Promise<number> {
    this.asked += 1;
    return 42;
  }

  @Get('plain/:name')
  plain(@Param('name') name: string): string {
    return name;
  }
}

const greeting = { provide: 'greeting', useValue: 'hello' };

async function startWith(
  providers: NonNullable<Parameters<typeof Test.createTestingModule>[0]['providers']>,
  options: Parameters<typeof CacheModule.forRoot>[0] = {},
) {
  const module = await Test.createTestingModule({
    imports: [CacheModule.forRoot(options)],
    providers: [greeting, ...providers],
  }).compile();
  return module.init();
}

describe('@Cached', () => {
  it('runs the method once for many callers and hands all of them its value', async () => {
    const app = await startWith([Users]);
    const users = app.get(Users);
    const answers = await Promise.all([users.load('a'), users.load('a'), users.load('a')]);
    expect(answers).toEqual([1, 2, 3].map(() => ({ wallet: 'a', credits: 5 })));
    expect(users.asked).toEqual(['a']);
    await app.close();
  });

  it('caches calls through `this`, and the method sees its own instance', async () => {
    const app = await startWith([Users]);
    const users = app.get(Users);
    await users.describe('a');
    users.credits = 9;
    expect(await users.describe('a')).toEqual({ wallet: 'a', credits: 5 });
    await app.close();
  });

  it('takes the arguments as the parameters of the key, in the order of the key', async () => {
    const app = await startWith([Users]);
    expect(await app.get(Users).find('weekly', 'abc')).toBe(603);
    expect(await app.get(CacheManager).get('position:weekly:abc')).toBe(603);
    await app.close();
  });

  it('hands on what the method throws unchanged, and an absent record as undefined', async () => {
    const app = await startWith([Users]);
    await expect(app.get(Users).load('broken')).rejects.toThrow(new RangeError('no such table'));
    expect(await app.get(Users).load('nobody')).toBeUndefined();
    await app.close();
  });

  it('never keeps a value that was read before an invalidation', async () => {
    let release: (value: User) => void = () => {};
    const reads: Promise<User>[] = [];
    @Injectable()
    class Slow {
      @Cached(userInfo)
      async load(_wallet: string): Promise<User> {
        const read = new Promise<User>((resolve) => (release = resolve));
        reads.push(read);
        return read;
      }
    }
    const app = await startWith([Slow]);
    const slow = app.get(Slow);
    const before = slow.load('a');
    await new Promise(setImmediate);
    await app.get(CacheInvalidator).invalidateUserCache('a');
    release({ wallet: 'a', credits: 1 });
    expect(await before).toEqual({ wallet: 'a', credits: 1 });

    const after = slow.load('a');
    await new Promise(setImmediate);
    release({ wallet: 'a', credits: 2 });
    expect(await after).toEqual({ wallet: 'a', credits: 2 });
    expect(reads).toHaveLength(2);
    await app.close();
  });

  it('gives the method the context of its load, and none where there is no cache', async () => {
    const app = await startWith([Users]);
    await app.get(Users).load('a');
    const leftMs = await app.get(CacheManager).ttl(userInfo.ref({ wallet: 'a' }));
    expect(leftMs).toBeLessThanOrEqual(60_000);
    expect(await new Users('hi').load('a')).toEqual({ wallet: 'a', credits: 5 });
    await app.close();
  });

  it('stays reachable past the cache, for warming', async () => {
    const app = await startWith([Users]);
    const users = app.get(Users);
    await users.load('a');
    const loaderOf = app.get(CacheRegistry).loaderOf(userInfo);
    users.credits = 7;
    const warmed = await app
      .get(CacheManager)
      .getOrSetResult(userInfo.ref({ wallet: 'a' }), loaderOf!({ wallet: 'a' }), { mode: 'fresh' });
    expect(warmed.value).toEqual({ wallet: 'a', credits: 7 });
    expect(await users.load('a')).toEqual({ wallet: 'a', credits: 7 });
    expect(app.get(CacheRegistry).loaderOf(height)).toBeUndefined();
    await app.close();
  });

  it('is taken away at shutdown', async () => {
    const app = await startWith([Users]);
    const users = app.get(Users);
    await users.load('a');
    await app.close();
    await users.load('a');
    expect(users.asked).toEqual(['a', 'a']);
  });

  describe('on a handler', () => {
    let app: NestFastifyApplication;

    beforeEach(async () => {
      const module = await Test.createTestingModule({
        imports: [CacheModule.forRoot()],
        controllers: [Blocks],
      }).compile();
      app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
      await app.init();
    });
    afterEach(() => app.close());

    it('answers requests from the cache, with X-Cache, Age, and the status of the route', async () => {
      const first = await app.inject('/height/x');
      const second = await app.inject('/height/x');
      expect([first.statusCode, first.payload, first.headers['x-cache'], first.headers.age]).toEqual([
        203,
        '42',
        'MISS',
        '0',
      ]);
      expect([second.statusCode, second.payload, second.headers['x-cache']]).toEqual([203, '42', 'L1']);
      expect(app.get(Blocks).asked).toBe(1);
    });

    it('sets no header on an answer that did not read from the cache', async () => {
      await app.inject('/height/x');
      const plain = await app.inject('/plain/x');
      expect([plain.payload, plain.headers['x-cache'], plain.headers.age]).toEqual(['x', undefined, undefined]);
    });
  });

  describe('fails the boot', () => {
    @Injectable()
    class Accounts {
      @Cached(userInfo)
      async fetch(wallet: string): Promise<User> {
        return { wallet, credits: 0 };
      }
    }

    it('for two loaders of one entry, naming both', async () => {
      const boot = startWith([Users, Accounts]);
      await expect(boot).rejects.toMatchObject({ code: 'CATALOG', entry: 'user info' });
      await expect(boot).rejects.toThrow(
        /"user info" has two loaders, (Users\.load and Accounts\.fetch|Accounts\.fetch and Users\.load)/,
      );
    });

    it('for a class that two modules provide', async () => {
      @Module({ providers: [Accounts] })
      class Other {}
      const module = await Test.createTestingModule({
        imports: [CacheModule.forRoot(), Other],
        providers: [Accounts],
      }).compile();
      await expect(module.init()).rejects.toThrow(/the class is provided by two modules/);
    });

    it('for a loader on a request-scoped class', async () => {
      @Injectable({ scope: Scope.REQUEST })
      class PerRequest {
        @Cached(userInfo)
        async load(wallet: string): Promise<User> {
          return { wallet, credits: 0 };
        }
      }
      await expect(startWith([PerRequest])).rejects.toThrow(/PerRequest is not a singleton/);
    });

    it('for an entry that is not in the catalog', async () => {
      const boot = startWith([Accounts], { catalog: new Catalog([height]) });
      await expect(boot).rejects.toThrow(
        /Accounts\.fetch is @Cached by entry "user info", which is not in the catalog/,
      );
    });

    it('for an entry that a circular import left undefined', () => {
      const decorate = () => Cached(undefined as never)(Accounts.prototype, 'fetch', {} as never);
      expect(decorate).toThrow(/Accounts\.fetch: what @Cached was given is no entry.*circular import/);
    });

    it('for one method under two entries', () => {
      expect(() => {
        class Twice {
          @Cached(defineEntry<number>()('one', 'one'))
          @Cached(defineEntry<number>()('two', 'two'))
          async load(): Promise<number> {
            return 1;
          }
        }
        return Twice;
      }).toThrow(/Twice\.load is @Cached twice/);
    });
  });
});
