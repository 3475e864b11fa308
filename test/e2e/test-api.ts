import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Devnet, type DevnetOptions, startDevnet } from '@chaincache/devnet';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { createApplication } from '../../src/application.js';
import { readConfig } from '../../src/config/config.reader.js';
import { withoutLocalParts } from '../../src/config/local.upstream.js';
import { createLogger } from '../../src/logging/logger.factory.js';
import { databaseForSpec } from './database-for-spec.js';

export const ADMIN_API_KEY = 'an-admin-key-for-tests';

/** One instance of the API over a devnet, listening on a free port. */
export interface TestApi {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Everything it logged, from `LOG_LEVEL` (`info`) up. */
  readonly log: readonly string[];
  get(path: string, headers?: Readonly<Record<string, string>>): supertest.Test;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): supertest.Test;
  close(): Promise<void>;
}

/** The same wallets in every run: what is expected of them can be written down. */
const MNEMONIC = 'test test test test test test test test test test test junk';

export function startTestDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  return startDevnet({ mnemonic: MNEMONIC, ...options });
}

/** @param environment on top of what the devnet needs; nothing of the test's own environment is read */
export async function startApi(devnet: Devnet, environment: Readonly<Record<string, string>> = {}): Promise<TestApi> {
  const config = withoutLocalParts(
    readConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      ADMIN_API_KEY,
      DATABASE_URL: await databaseForSpec(),
      THIRDWEB_CLIENT_ID: devnet.insight.clientId,
      INSIGHT_URL: devnet.insight.url,
      EVM_CHAINS: devnet.chains.map(({ chainId, rpcUrl, wsUrl }) => `${chainId}=${rpcUrl}|${wsUrl}`).join(','),
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
    post: (path, body, headers = {}) =>
      supertest(url)
        .post(path)
        .set({ 'content-type': 'application/json', ...headers })
        .send(typeof body === 'string' ? body : JSON.stringify(body)),
    close: () => app.close(),
  };
}

/** An address that nobody has used: nothing is cached for it. */
export function freshAddress(): string {
  const digits = Array.from({ length: 40 }, () => Math.floor(Math.random() * 16).toString(16));
  return `0x${digits.join('')}`;
}
