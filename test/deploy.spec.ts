import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { readConfig } from '../src/config/config.reader.js';
import { redisCommand, startRedis } from './support/services.js';

interface Compose {
  readonly services: {
    readonly api: { readonly environment: Readonly<Record<string, string | null>> };
    readonly redis: { readonly command: readonly string[] };
  };
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8')) as Compose;

/** As Compose does it: a name without a value is passed on, `${NAME:?…}` must be set. */
function interpolate(given: Readonly<Record<string, string>>): Record<string, string> {
  const variables = Object.entries(services.api.environment).map(([name, value]) => [
    name,
    value === null
      ? given[name]
      : value.replaceAll(/\$\{(\w+):\?[^}]*\}/g, (_all, inner: string) => given[inner] ?? ''),
  ]);
  return Object.fromEntries(variables.filter(([, value]) => value !== undefined)) as Record<string, string>;
}

describe('docker-compose.yml', () => {
  const given = {
    POSTGRES_PASSWORD: 'postgres-password',
    JWT_SECRET: 'x'.repeat(32),
    EVM_CHAINS: '8453=https://rpc.example|wss://ws.example',
    R3MES_RPC_URL: 'https://rpc.example',
    R3MES_API_URL: 'https://api.example',
    THIRDWEB_CLIENT_ID: 'client',
    AUTH_DOMAIN: 'app.example',
  };

  it('gives the API an environment that production accepts, and nothing that it does not know', () => {
    const config = readConfig(interpolate(given));
    expect(config.production).toBe(true);
    expect(config.redis).toEqual({ url: 'redis://redis:6379' });
    expect(config.databaseUrl).toBe('postgresql://chaincache:postgres-password@postgres:5432/chaincache');
    expect(config.insight?.clientId).toBe('client');
  });

  it('gives Redis a bound and a rule for eviction that Redis takes', async () => {
    const redis = await startRedis({ args: services.redis.command.slice(1) });
    try {
      expect(await redisCommand(redis, 'CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', String(256 * 1024 ** 2)]);
      expect(await redisCommand(redis, 'CONFIG', 'GET', 'maxmemory-policy')).toContain('allkeys-lfu');
    } finally {
      await redis.stop();
    }
  });
});

describe('the health check of the Dockerfile', () => {
  const command = /^HEALTHCHECK [^[]*CMD (\[.*\])$/m.exec(
    readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ''),
  )?.[1];
  const [, ...args] = JSON.parse(command ?? '[]') as string[];

  const exitCode = async (port: number): Promise<number | null> => {
    const child = execFile(process.execPath, args, { env: { ...process.env, PORT: String(port) } });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  };

  it.each([
    [200, 0],
    [503, 1],
  ])('takes a status of %i from /health/live for exit code %i', async (status, expected) => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/health/live' ? status : 404).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      expect(await exitCode((server.address() as AddressInfo).port)).toBe(expected);
    } finally {
      server.close();
    }
  });

  it('fails when nothing listens', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await exitCode(port)).toBe(1);
  });
});
