import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { bech32 } from '@scure/base';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { createApplication } from '../../src/application.js';
import { readConfig } from '../../src/config/config.reader.js';
import { withoutLocalParts } from '../../src/config/local.upstream.js';
import { createLogger } from '../../src/logging/logger.factory.js';
import { databaseForSpec } from './database-for-spec.js';

export const ADMIN_API_KEY = 'an-admin-key-for-tests';
export const ADMIN = { authorization: `Bearer ${ADMIN_API_KEY}` };

/** One instance of the API without an EVM upstream, listening on a free port. */
export interface R3mesApi {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Everything it logged, from `LOG_LEVEL` (`info`) up. */
  readonly log: readonly string[];
  get(path: string, headers?: Readonly<Record<string, string>>): supertest.Test;
  /** With the admin's key, unless headers say otherwise. */
  send(
    method: 'post' | 'patch',
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): supertest.Test;
  close(): Promise<void>;
}

/** @param environment on top of what is needed; nothing of the test's own environment is read */
export async function startR3mesApi(environment: Readonly<Record<string, string>> = {}): Promise<R3mesApi> {
  const config = withoutLocalParts(
    readConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      ADMIN_API_KEY,
      DATABASE_URL: environment.DATABASE_URL ?? (await databaseForSpec()),
      // Nothing here asks the EVM upstream.
      THIRDWEB_CLIENT_ID: 'none',
      INSIGHT_URL: 'http://127.0.0.1:9',
      EVM_CHAINS: '31337=http://127.0.0.1:9',
      RATE_LIMIT_COLD_LOADS: '100000',
      RATE_LIMIT_BURST: '100000',
      ...environment,
    }),
  );
  const log: string[] = [];
  const logger = createLogger(config.logLevel, { write: (line) => void log.push(line) });
  const app = await createApplication(AppModule.forRoot(config, logger), config, logger);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  return {
    app,
    url,
    log,
    get: (path, headers = {}) => supertest(url).get(path).set(headers),
    send: (method, path, body, headers = ADMIN) => {
      const request = supertest(url);
      return (method === 'post' ? request.post(path) : request.patch(path))
        .set({ 'content-type': 'application/json', ...headers })
        .send(typeof body === 'string' ? body : JSON.stringify(body));
    },
    close: () => app.close(),
  };
}

/** A wallet that nobody has used. */
export function freshWallet(prefix = 'remes'): string {
  return bech32.encode(prefix, bech32.toWords(randomBytes(20)));
}

/** A key for one request. */
export function freshKey(): Readonly<Record<string, string>> {
  return { ...ADMIN, 'idempotency-key': randomBytes(12).toString('hex') };
}
