import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app.config.js';
import { Problem } from '../http/problem.js';
import { Exposition } from './exposition/exposition.js';
import { mayScrape } from './metrics.gate.js';

/** GET /metrics for Prometheus, unless it has a port of its own. */
@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly exposition: Exposition,
    private readonly config: AppConfig,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What Prometheus reads' })
  @ApiResponse({
    status: 200,
    description: 'The text format, version 0.0.4',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 401, description: 'Without the token for metrics, where there is one' })
  @ApiResponse({ status: 404, description: 'Metrics are served on a port of their own' })
  async scrape(@Req() { headers }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { port, token } = this.config.metrics;
    if (port !== undefined) throw new Problem(404, 'Metrics are served on a port of their own.');
    if (!mayScrape(token, headers.authorization)) {
      throw new Problem(401, 'This needs the token for metrics, as "Authorization: Bearer …".', {
        headers: { 'www-authenticate': 'Bearer realm="metrics"' },
      });
    }
    const text = await this.exposition.text();
    await reply.header('content-type', this.exposition.contentType).header('cache-control', 'no-store').send(text);
  }
}
