import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Devnet } from '@chaincache/devnet';
import { startRedis, type TestRedis } from '../support/services.js';
import { OpenApiDocument } from './openapi.document.js';
import { triesOf } from './openapi.tries.js';
import { startInstance, type TestApi } from './running.api.js';
import { startTestDevnet } from './test-api.js';

/** Pages, and the description itself: for people, or for what reads the description. */
const NOT_OF_THE_API =
  /^get \/(?!metrics$)(docs|docs-json|docs-yaml|docs\/.*|console|console\/.*|assets\/.*|\*|[\w.-]*)$/;
/** What any HTTP server may send, and what protects pages. */
const HEADERS_OF_HTTP =
  /^(connection|keep-alive|date|content-length|content-type|transfer-encoding|vary|content-encoding|content-security-policy|cross-origin-.*|origin-agent-cluster|referrer-policy|strict-transport-security|x-content-type-options|x-dns-prefetch-control|x-download-options|x-frame-options|x-permitted-cross-domain-policies|x-xss-protection)$/;

describe('the OpenAPI description is true:', () => {
  let devnet: Devnet;
  let redis: TestRedis;
  let api: TestApi;
  let document: OpenApiDocument;

  beforeAll(async () => {
    [devnet, redis] = await Promise.all([startTestDevnet({ tokens: 2, r3mes: {} }), startRedis()]);
    api = await startInstance({
      REDIS_URL: redis.url,
      THIRDWEB_CLIENT_ID: devnet.insight.clientId,
      INSIGHT_URL: devnet.insight.url,
      BRIDGE_URL: devnet.bridge.url,
      EVM_CHAINS: devnet.chains.map(({ chainId, rpcUrl, wsUrl }) => `${chainId}=${rpcUrl}|${wsUrl}`).join(','),
      R3MES_RPC_URL: devnet.r3mes!.rpcUrl,
      R3MES_API_URL: devnet.r3mes!.apiUrl,
    });
    document = await OpenApiDocument.of(api);
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await redis?.stop();
    await devnet?.stop();
  });

  it('every route that is served is described, and no other', () => {
    const served = routesOf(api.app).filter((route) => !NOT_OF_THE_API.test(route));
    expect([...document.operations.keys()].sort()).toEqual(served.sort());
  });

  it('every answer says what its body is', () => {
    for (const [route, { responses }] of document.operations) {
      for (const [status, { content, description }] of Object.entries(responses)) {
        expect({ route, status, description }).not.toMatchObject({ description: '' });
        if (status === '304') continue;
        const types = Object.entries(content ?? {}).map(([type, { schema }]) => schema && type);
        expect({ route, status, types }).toEqual({ route, status, types: [expect.any(String) as string] });
      }
    }
  });

  it('every parameter and every body is described', () => {
    for (const [route, { parameters = [], requestBody }] of document.operations) {
      for (const { name, description, schema } of parameters) {
        expect({ route, name, description: description ?? schema.description ?? '' }).not.toMatchObject({
          description: '',
        });
      }
      const hasBody = /^(post|patch)/.test(route) && !route.endsWith('/revoke');
      expect({ route, hasBody: requestBody !== undefined }).toEqual({ route, hasBody });
    }
  });

  it('whatever is answered is described: its status, its body and its headers', async () => {
    const seen = new Set<string>();
    for (const { route, send } of await triesOf(api, devnet)) {
      const answer = await send();
      seen.add(`${route} ${answer.status}`);
      const described = document.operation(route).responses[answer.status];
      expect({ route, status: answer.status, described: described !== undefined }).toMatchObject({ described: true });
      if (answer.status !== 304) {
        const type = (answer.headers['content-type'] as string).split(';')[0]!;
        const body: unknown = type.endsWith('json') ? answer.body : answer.text;
        const faults = document.faultsOf(described!, type, body);
        expect({ route, status: answer.status, faults }).toMatchObject({ faults: [] });
      }
      const named = new Set(Object.keys(described!.headers ?? {}).map((name) => name.toLowerCase()));
      for (const [name, { schema }] of Object.entries(described!.headers ?? {})) {
        const sent = answer.headers[name.toLowerCase()];
        if (sent === undefined && name !== 'Cache-Control') continue;
        const isDescribed = schema?.enum === undefined || schema.enum.includes(sent ?? '');
        expect({ route, status: answer.status, name, sent, isDescribed }).toMatchObject({ isDescribed: true });
      }
      const unnamed = Object.keys(answer.headers).filter((name) => !named.has(name) && !HEADERS_OF_HTTP.test(name));
      expect({ route, status: answer.status, unnamed }).toMatchObject({ unnamed: [] });
    }
    const routes = [...document.operations.keys()].filter((route) => !isStream(route));
    const answered = routes.filter((route) => [200, 201, 202].some((status) => seen.has(`${route} ${status}`)));
    expect(answered).toEqual(routes);
  }, 60_000);

  function isStream(route: string): boolean {
    return 'text/event-stream' in (document.operation(route).responses['200']?.content ?? {});
  }
});

/** What Fastify answers, like `get /api/users/{wallet}`; HEAD and OPTIONS come of themselves. */
function routesOf(app: NestFastifyApplication): string[] {
  const routes = new Set<string>();
  const path: string[] = [];
  for (const line of app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent, text, methods] = /^([│ ]*[├└]── )(.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (indent === undefined) continue;
    path.length = indent.length / 4 - 1;
    path.push(text!);
    const whole = path.join('').replaceAll(/:(\w+)/g, '{$1}');
    for (const method of methods?.split(', ') ?? []) {
      if (method !== 'HEAD' && method !== 'OPTIONS') routes.add(`${method.toLowerCase()} ${whole}`);
    }
  }
  return [...routes];
}
