import { type CanActivate, Controller, type ExecutionContext, Get, Inject, type Type, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Catalog, CacheManager, defineEntry, HitReader } from '@chaincache/cache';
import { answerAhead, HotAnswers } from '@chaincache/cache/http';
import { CacheModule } from '@chaincache/cache/nest';
import { z } from 'zod';
import { CachedAnswer } from './cached.answer.js';
import { cachedReply, type CachedReply } from './cached.reply.js';

const things = defineEntry<{ readonly name: string }>()('things', 'thing:{id}', {});
const ref = things.ref({ id: '1' });
const described = { description: 'A thing', schema: z.unknown(), unavailable: 'Nothing' };

/** Whoever knows the word. */
class Guard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-word'] === 'please';
  }
}

class Things {
  handled = 0;

  constructor(@Inject(CacheManager) private readonly cache: CacheManager) {}

  protected async thing(): Promise<CachedReply> {
    this.handled += 1;
    return cachedReply(ref, await this.cache.getOrSet(ref, () => ({ name: 'one' })), (value) => value);
  }
}

@Controller('open')
class OpenThings extends Things {
  @Get()
  @CachedAnswer(described)
  override thing(): Promise<CachedReply> {
    return super.thing();
  }
}

@Controller('handler')
class GuardedHandler extends Things {
  @Get()
  @UseGuards(Guard)
  @CachedAnswer(described)
  override thing(): Promise<CachedReply> {
    return super.thing();
  }
}

@Controller('controller')
@UseGuards(Guard)
class GuardedController extends Things {
  @Get()
  @CachedAnswer(described)
  override thing(): Promise<CachedReply> {
    return super.thing();
  }
}

describe('a cached reply', () => {
  let app: NestFastifyApplication;
  let url: string;

  async function start(providers: object[] = []): Promise<void> {
    const controllers = [OpenThings, GuardedHandler, GuardedController];
    const module = await Test.createTestingModule({
      imports: [CacheModule.forRoot({ catalog: new Catalog([things]) })],
      controllers,
      providers: [
        { provide: HotAnswers, useFactory: (hits: HitReader) => new HotAnswers(hits), inject: [HitReader] },
        ...(providers as []),
      ],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
    answerAhead(app.getHttpServer(), app.get(HotAnswers));
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  }

  afterEach(() => app.close());

  const handled = (controller: Type<Things>): number => app.get(controller).handled;
  const ask = async (path: string, word = 'please'): Promise<number> =>
    (await fetch(`${url}/${path}`, { headers: { 'x-word': word } })).status;

  it('is given without the framework once it is cached, where nobody guards it', async () => {
    await start();
    for (let time = 0; time < 3; time += 1) expect(await ask('open', 'none')).toBe(200);
    expect(handled(OpenThings)).toBe(1);
  });

  it.each([
    ['handler', GuardedHandler],
    ['controller', GuardedController],
  ])('is given by nobody but the framework where its %s is guarded', async (path, controller) => {
    await start();
    expect(await ask(path)).toBe(200);
    expect(await ask(path)).toBe(200);
    expect(await ask(path, 'wrong')).toBe(403);
    expect(handled(controller)).toBe(2);
  });

  it('is given by nobody but the framework where a guard stands before every route', async () => {
    await start([{ provide: APP_GUARD, useClass: Guard }]);
    expect(await ask('open')).toBe(200);
    expect(await ask('open', 'wrong')).toBe(403);
    expect(handled(OpenThings)).toBe(1);
  });
});
