import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { answerAhead, HotAnswers } from '@chaincache/cache/http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { AppConfig } from './config/app.config.js';
import type { TrustProxy } from './config/trust-proxy.parser.js';
import { LifecycleState } from './health/index.js';
import { closeConnectionsWhenDraining } from './http/connection.drain.js';
import { refuseAddress, refuseConnection } from './http/fastify.errors.js';
import { serveOpenApi } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { keepNoCopies } from './http/no-copy.js';
import { carryClientContext } from './http/request.context.js';
import { validationPipe } from './http/validation.pipe.js';
import { logRequests } from './logging/access.log.js';
import { NestLogger } from './logging/nest.logger.js';
import { allowOrigins, servePage } from './web/index.js';

/** More than any body that the API takes. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** The longest parameter of a route: an address of 64 characters, with room for what a bad one is told. */
const MAX_PARAM_LENGTH = 512;

/** The application that a root module describes, complete but not yet listening. */
export async function createApplication(
  root: DynamicModule,
  config: AppConfig,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    trustProxy: trustOf(config.trustProxy),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseConnection,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    // Fastify's own JSON parser is what is wanted, and JSON is all that is.
    bodyParser: false,
  });
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain');
  await app.register(helmet, {
    // Over plain http a browser would look for the page's own scripts where nobody listens.
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
  const lifecycle = app.get(LifecycleState, { strict: false });
  closeConnectionsWhenDraining(fastify, () => lifecycle.phase === 'draining');
  carryClientContext(fastify);
  keepNoCopies(fastify);
  logRequests(fastify, logger);
  app.setGlobalPrefix('api', { exclude: ['health/*path', 'metrics', 'console', 'console/*path'] });
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalPipes(validationPipe());
  allowOrigins(app, config.corsOrigins);
  serveOpenApi(app);
  servePage(fastify, config);
  await app.init();
  // Lines for each request, and spans around it, come from the framework.
  if (config.tracingUrl === undefined && !logger.isLevelEnabled('debug')) {
    answerAhead(app.getHttpServer(), app.get(HotAnswers), () => lifecycle.phase !== 'draining');
  }
  return app;
}

/** A number of proxies counts from the nearest: hop 0 is who is connected to us. */
function trustOf(trustProxy: TrustProxy): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return trustProxy === false ? false : [...trustProxy];
}
