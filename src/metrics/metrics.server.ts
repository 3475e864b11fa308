import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { Exposition } from './exposition/exposition.js';
import { mayScrape } from './metrics.gate.js';

/** /metrics on a port of its own, where one is configured: reachable for scrapers even where the API is not. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private server: Server | undefined;

  constructor(
    private readonly exposition: Exposition,
    private readonly config: AppConfig,
  ) {}

  /** The port it listens on; undefined: none of its own. */
  get port(): number | undefined {
    return (this.server?.address() as AddressInfo | null | undefined)?.port;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { port } = this.config.metrics;
    if (port === undefined) return;
    this.server = createServer((request, response) => void this.answer(request, response));
    await once(this.server.listen(port, this.config.host), 'listening');
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.server === undefined) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer({ method, url, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' || url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    if (!mayScrape(this.config.metrics.token, headers.authorization)) {
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="metrics"' }).end();
      return;
    }
    try {
      const text = await this.exposition.text();
      response.writeHead(200, { 'content-type': this.exposition.contentType, 'cache-control': 'no-store' }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  }
}
