/** Jest transforms every module it loads, so a new version of a package may fail here while it runs well under Node. */
const packages: Record<string, readonly [load: () => Promise<object>, name: string]> = {
  '@nestjs/common': [() => import('@nestjs/common'), 'Module'],
  '@nestjs/core': [() => import('@nestjs/core'), 'NestFactory'],
  '@nestjs/testing': [() => import('@nestjs/testing'), 'Test'],
  '@nestjs/platform-fastify': [() => import('@nestjs/platform-fastify'), 'FastifyAdapter'],
  '@nestjs/config': [() => import('@nestjs/config'), 'ConfigModule'],
  '@nestjs/cache-manager': [() => import('@nestjs/cache-manager'), 'CACHE_MANAGER'],
  '@nestjs/event-emitter': [() => import('@nestjs/event-emitter'), 'OnEvent'],
  '@nestjs/schedule': [() => import('@nestjs/schedule'), 'Cron'],
  '@nestjs/swagger': [() => import('@nestjs/swagger'), 'SwaggerModule'],
  '@nestjs/terminus': [() => import('@nestjs/terminus'), 'HealthCheckService'],
  '@fastify/helmet': [() => import('@fastify/helmet'), 'default'],
  '@fastify/static': [() => import('@fastify/static'), 'default'],
  'reflect-metadata': [() => import('reflect-metadata'), 'default'],
  rxjs: [() => import('rxjs'), 'Observable'],
  pino: [() => import('pino'), 'pino'],
  'prom-client': [() => import('prom-client'), 'Registry'],
  thirdweb: [() => import('thirdweb'), 'createThirdwebClient'],
  'thirdweb/auth': [() => import('thirdweb/auth'), 'createAuth'],
  'thirdweb/chains': [() => import('thirdweb/chains'), 'defineChain'],
  'thirdweb/extensions/erc20': [() => import('thirdweb/extensions/erc20'), 'balanceOf'],
  '@thirdweb-dev/insight': [() => import('@thirdweb-dev/insight'), 'getV1Tokens'],
  viem: [() => import('viem'), 'getAddress'],
  'viem/accounts': [() => import('viem/accounts'), 'privateKeyToAccount'],
  zod: [() => import('zod'), 'z'],
  jose: [() => import('jose'), 'SignJWT'],
  'drizzle-orm': [() => import('drizzle-orm'), 'sql'],
  'drizzle-orm/node-postgres': [() => import('drizzle-orm/node-postgres'), 'drizzle'],
  pg: [() => import('pg'), 'Pool'],
  'fast-check': [() => import('fast-check'), 'assert'],
  ioredis: [() => import('ioredis'), 'Redis'],
  'cache-manager': [() => import('cache-manager'), 'createCache'],
  'cache-manager-ioredis-yet': [() => import('cache-manager-ioredis-yet'), 'redisInsStore'],
  keyv: [() => import('keyv'), 'Keyv'],
  supertest: [() => import('supertest'), 'default'],
};

describe('every dependency loads under Jest', () => {
  it.each(Object.entries(packages))('%s', async (_name, [load, name]) => {
    expect(await load()).toHaveProperty(name);
  });
});
