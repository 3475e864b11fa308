import 'reflect-metadata';
import { Controller, Get, Module, Param, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Not what an application sets for all its answers. */
const OF_ONE_ANSWER = new Set(['age', 'content-length', 'content-type', 'etag', 'x-cache']);

const ADAPTERS = {
  fastify(headers) {
    const adapter = new FastifyAdapter();
    adapter.getInstance().addHook('onRequest', (_request, reply, done) => {
      void reply.headers(headers);
      done();
    });
    return adapter;
  },
  async express(headers) {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    const adapter = new ExpressAdapter();
    adapter.use((_request, response, next) => {
      response.set(headers);
      next();
    });
    return adapter;
  },
};

/**
 * A Nest application whose one route is `GET /api/tokens/:address`, listening on a free port. Its answers have the
 * headers of the API's: what helmet and others add there are constants here.
 *
 * @param {{ answer: (address: string) => unknown, headers: Record<string, string>, platform?: 'fastify' | 'express',
 *   imports?: object[], interceptors?: unknown[], decorators?: MethodDecorator[], listens?: (app: object) => void }} options `answer` is what the handler
 *   does; `headers` are those of an answer of the API; `decorators` are put on the handler; `listens` is told of the application when it listens. Default platform: Fastify
 * @returns its address
 */
export async function listenNest(options) {
  const { answer, headers, platform = 'fastify', imports = [], interceptors = [], decorators = [], listens } = options;
  class TokensController {
    tokens(address) {
      return answer(address);
    }
  }
  const handler = Object.getOwnPropertyDescriptor(TokensController.prototype, 'tokens');
  for (const decorate of [Get(':address'), ...decorators]) decorate(TokensController.prototype, 'tokens', handler);
  Param('address')(TokensController.prototype, 'tokens', 0);
  UseInterceptors(...interceptors)(TokensController);
  Controller('api/tokens')(TokensController);

  // oxlint-disable-next-line typescript/no-extraneous-class -- what a module is to Nest
  class RootModule {}
  Module({ imports, controllers: [TokensController] })(RootModule);
  const common = Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_ANSWER.has(name)));
  const app = await NestFactory.create(RootModule, await ADAPTERS[platform](common), { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  listens?.(app);
  return `http://127.0.0.1:${app.getHttpServer().address().port}`;
}

/** What the handlers' source holds: address -> value. */
export function valuesOf(bodies) {
  return new Map(Object.entries(bodies).map(([address, body]) => [address, JSON.parse(body)]));
}
