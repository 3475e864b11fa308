import 'reflect-metadata';
import { Controller, Get, Module, Param, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/**
 * A Nest application whose one route is `GET /api/tokens/:address`, listening on a free port.
 *
 * @param {{ answer: (address: string) => unknown, adapter?: object, imports?: object[], interceptors?: Function[],
 *   decorators?: MethodDecorator[] }} options `answer` is what the handler does; `decorators` are put on the handler.
 *   Default adapter: Fastify's
 * @returns its address
 */
export async function listenNest({ answer, adapter, imports = [], interceptors = [], decorators = [] }) {
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
  // Express looks at it when an application is made.
  process.env.NODE_ENV = 'production';
  const app = await NestFactory.create(RootModule, adapter ?? new FastifyAdapter(), { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${app.getHttpServer().address().port}`;
}

/** What the handlers' source holds: address -> value. */
export function valuesOf(bodies) {
  return new Map(Object.entries(bodies).map(([address, body]) => [address, JSON.parse(body)]));
}
