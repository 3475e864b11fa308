import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Devnet } from '@chaincache/devnet';
import { tracingTo } from '../../src/metrics/tracing/tracing.factory.js';
import { databaseForSpec } from './database-for-spec.js';
import { type MainProcess, startMain } from './main.process.js';
import { ADMIN_API_KEY, freshAddress, startTestDevnet } from './test-api.js';

interface SpanJson {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface TracesJson {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SpanJson[] }[] }[];
}

describe('traces', () => {
  let devnet: Devnet;
  let collector: Server;
  let main: MainProcess;
  const spans: SpanJson[] = [];
  let received = '';

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3 });
    collector = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received += body;
        const { resourceSpans } = JSON.parse(body) as TracesJson;
        spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await once(collector.listen(0, '127.0.0.1'), 'listening');
    const { port } = collector.address() as AddressInfo;
    main = await startMain({
      PORT: '0',
      LOG_LEVEL: 'silent',
      ADMIN_API_KEY,
      DATABASE_URL: await databaseForSpec(),
      THIRDWEB_CLIENT_ID: devnet.insight.clientId,
      INSIGHT_URL: devnet.insight.url,
      EVM_CHAINS: devnet.chains.map(({ chainId, rpcUrl, wsUrl }) => `${chainId}=${rpcUrl}|${wsUrl}`).join(','),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    });
  }, 60_000);

  afterAll(async () => {
    await main?.remove();
    collector?.closeAllConnections();
    collector?.close();
    await devnet?.stop();
  });

  it('show what the cache did for a request, below the caller’s own span, and name no wallet', async () => {
    const address = freshAddress();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const url = await main.ready;
    const tokens = await fetch(`${url}/api/tokens/${address}`, { headers: { traceparent } });
    const invalidated = await fetch(`${url}/api/cache`, {
      method: 'POST',
      headers: { traceparent, authorization: `Bearer ${ADMIN_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'invalidate', key: `tokens:${address}` }),
    });
    expect([tokens.status, invalidated.status]).toEqual([200, 200]);
    // What is left is sent when the process ends.
    main.child.kill('SIGTERM');
    await main.ended;

    const ours = spans.filter((span) => span.traceId === traceId);
    const request = ours.find(({ name }) => name === 'GET /api/tokens/:address')!;
    expect(request.parentSpanId).toBe('b7ad6b7169203331');
    const read = ours.find(({ name, parentSpanId }) => name === 'cache.getOrSet' && parentSpanId === request.spanId)!;
    const about = Object.fromEntries(read.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
    expect(about).toEqual({
      'cache.entry': 'token balances',
      'cache.tier': 'MISS',
      'cache.coalesced': false,
      'cache.stands_for': 1,
    });
    expect(ours.map(({ name }) => name)).toEqual(expect.arrayContaining(['cache.load', 'cache.invalidate']));
    expect(received).not.toContain(address);
  }, 60_000);
});

describe('without a collector', () => {
  it('there is no tracing, and nothing of it is loaded', async () => {
    let loaded = false;
    jest.resetModules();
    jest.doMock('@opentelemetry/sdk-trace-base', () => {
      loaded = true;
      throw new Error('not installed');
    });
    const { tracingTo: fresh } = await import('../../src/metrics/tracing/tracing.factory.js');
    expect([await fresh(undefined), loaded]).toEqual([null, false]);
    await expect(fresh('http://127.0.0.1:1')).rejects.toThrow('OTEL_EXPORTER_OTLP_ENDPOINT');
    jest.dontMock('@opentelemetry/sdk-trace-base');
    expect(await tracingTo(undefined)).toBeNull();
  });
});
