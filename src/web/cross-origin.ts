import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CorsOrigins } from '../config/web.types.js';

/** Lets pages of other origins call the API, where the configuration names any. Nothing here reads cookies. */
export function allowOrigins(app: NestFastifyApplication, origins: CorsOrigins | undefined): void {
  if (origins === undefined) return;
  app.enableCors({
    origin: origins === '*' ? '*' : [...origins],
    methods: ['GET', 'POST', 'PATCH'],
    allowedHeaders: ['content-type', 'if-none-match', 'x-api-key', 'authorization', 'idempotency-key', 'accept'],
    exposedHeaders: ['etag', 'age', 'x-cache', 'retry-after', 'x-request-id'],
    maxAge: 86_400,
  });
}
