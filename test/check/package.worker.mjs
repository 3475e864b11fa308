/** One process of the application in which `package.mjs` has installed the library. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Probe, ProbeModule } from './package.app.js';
import { obey, tellUnhandled } from './workers.mjs';

tellUnhandled();
const app = await NestFactory.create(ProbeModule, new FastifyAdapter(), { logger: ['error', 'warn'] });
await app.init();
const { standard, keyv, invalidator } = app.get(Probe);
let wrapping;
let letGo;

obey({
  async http({ method, url, payload }) {
    const { statusCode, headers, body } = await app.inject({ method, url, payload });
    return { status: statusCode, from: headers['x-cache'], body };
  },
  /** Begins a `wrap` whose loader has read its source, and holds it there. */
  async beginWrap({ key, value }) {
    await new Promise((began) => {
      wrapping = standard.wrap(key, async () => {
        began();
        await new Promise((resolve) => (letGo = resolve));
        return value;
      });
    });
  },
  async endWrap() {
    letGo();
    return wrapping;
  },
  wrap: ({ key, value }) => standard.wrap(key, () => value),
  standardGet: ({ key }) => standard.get(key),
  keyvSet: ({ key, value }) => keyv.set(key, value),
  keyvGet: ({ key }) => keyv.get(key),
  invalidate: async ({ tag, key, namespace }) => {
    const { status } = await (tag === undefined
      ? invalidator.invalidateKeys([key], namespace)
      : invalidator.invalidateByTag(tag));
    return status;
  },
  stop: () => app.close(),
});
