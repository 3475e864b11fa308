import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeProblems } from './openapi.problems.js';

/** OpenAPI and its page at /docs, made when first asked for. */
export function serveOpenApi(app: INestApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Chaincache')
    .setDescription('Token balances and mining data from a two-tier cache that never serves what was invalidated.')
    .setVersion('1')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-api-key' }, 'api-key')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'An API key, or an owner’s token of POST /api/auth/login' },
      'bearer',
    )
    .build();
  SwaggerModule.setup('docs', app, () => describeProblems(SwaggerModule.createDocument(app, description)));
}
