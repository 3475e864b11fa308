import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppModule } from './readme-example.js';

describe('the example of the README', () => {
  it('serves the second read from the cache, and after a change the new value', async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();

    const read = async () => {
      const { payload, headers } = await app.inject('/users/a1');
      return [JSON.parse(payload).name, headers['x-cache']];
    };
    expect(await read()).toEqual(['Ada', 'MISS']);
    expect(await read()).toEqual(['Ada', 'L1']);
    await app.inject({ method: 'PATCH', url: '/users/a1', payload: { name: 'Grace' } });
    expect(await read()).toEqual(['Grace', 'MISS']);
    expect((await app.inject('/users/nobody')).statusCode).toBe(404);
    expect((await app.inject('/users/count')).payload).toBe('1');
    await app.close();
  });
});
