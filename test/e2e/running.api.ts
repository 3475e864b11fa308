import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { createApplication } from '../../src/application.js';
import { readConfig } from '../../src/config/config.reader.js';
import { withoutLocalParts } from '../../src/config/local.upstream.js';
import { createLogger } from '../../src/logging/logger.factory.js';
import { databaseForSpec } from './database-for-spec.js';

export const ADMIN_API_KEY = 'an-admin-key-for-tests';
export const ADMIN = { authorization: `Bearer ${ADMIN_API_KEY}` };

type Headers = Readonly<Record<string, string>>;

/** One instance of the API, listening on a free port. */
export interface TestApi {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Everything it logged, from `LOG_LEVEL` (`info`) up. */
  readonly log: readonly string[];
  get(path: string, headers?: Headers): supertest.Test;
  /** From nobody in particular, unless headers say otherwise. */
  post(path: string, body: unknown, headers?: Headers): supertest.Test;
  /** With the admin's key, unless headers say otherwise. */
  send(method: 'post' | 'patch', path: string, body: unknown, headers?: Headers): supertest.Test;
  close(): Promise<void>;
}

/** @param environment its upstreams, and what is to differ; nothing of the test's own environment is read */
export async function startInstance(environment: Readonly<Record<string, string>>): Promise<TestApi> {
  const config = withoutLocalParts(
    readConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      ADMIN_API_KEY,
      DATABASE_URL: environment.DATABASE_URL ?? (await databaseForSpec()),
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
  const send: TestApi['send'] = (method, path, body, headers = ADMIN) => {
    const request = supertest(url);
    return (method === 'post' ? request.post(path) : request.patch(path))
      .set({ 'content-type': 'application/json', ...headers })
      .send(typeof body === 'string' ? body : JSON.stringify(body));
  };
  return {
    app,
    url,
    log,
    get: (path, headers = {}) => supertest(url).get(path).set(headers),
    post: (path, body, headers = {}) => send('post', path, body, headers),
    send,
    close: () => app.close(),
  };
}
