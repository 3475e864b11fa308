import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { createApplication } from './application.js';
import { ConfigError } from './config/config.error.js';
import { readConfig } from './config/config.reader.js';
import { resolveUpstream } from './config/local.upstream.js';
import { LifecycleState } from './health/index.js';
import { createLogger } from './logging/logger.factory.js';

/** From being told to stop to the end in any case: orchestrators kill after 30 s. */
const LONGEST_SHUTDOWN_MS = 28_000;

try {
  await main();
} catch (error) {
  const reason =
    error instanceof ConfigError ? `with this configuration:\n${error.message}` : `because of: ${textOf(error)}`;
  process.stderr.write(`Chaincache cannot start ${reason}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const upstream = await resolveUpstream(readConfig());
  try {
    const { config } = upstream;
    const logger = createLogger(config.logLevel);
    const app = await createApplication(AppModule.forRoot(config, logger), config, logger);
    stopOnSignals(app, config.shutdownDelayMs, upstream.stop);
    await app.listen(config.port, config.host);
    for (const line of [...upstream.announcement, `ready ${urlOf(app)}`]) process.stdout.write(`${line}\n`);
  } catch (error) {
    await upstream.stop();
    throw error;
  }
}

/**
 * First only readiness ends, so that whoever sends requests has time to send them elsewhere; then what is under way is
 * finished, and connections, timers and local parts end.
 */
function stopOnSignals(app: NestFastifyApplication, delayMs: number, stopUpstream: () => Promise<void>): void {
  const shutDown = async (): Promise<void> => {
    setTimeout(() => process.exit(1), LONGEST_SHUTDOWN_MS).unref();
    app.get(LifecycleState, { strict: false }).drain();
    await pause(delayMs);
    await app.close();
    await stopUpstream();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown());
}

function urlOf(app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') return String(address);
  const everywhere = address.address === '0.0.0.0' || address.address === '::';
  const host = everywhere ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
