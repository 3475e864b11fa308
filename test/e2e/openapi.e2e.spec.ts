import type { Devnet } from '@chaincache/devnet';
import { startApi, startTestDevnet, type TestApi } from './test-api.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: unknown;
}

describe('the OpenAPI description', () => {
  let devnet: Devnet;
  let api: TestApi;
  let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 1 });
    api = await startApi(devnet);
    paths = (await api.get('/docs-json').expect(200)).body.paths as typeof paths;
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  it('names what GET /api/tokens/{address} takes', () => {
    const { parameters = [] } = paths['/api/tokens/{address}']!.get!;
    const named = parameters.map(
      ({ name, in: place, required }) => `${place} ${name}${required === true ? ' required' : ''}`,
    );
    expect(new Set(named)).toEqual(
      new Set([
        'path address required',
        'header If-None-Match',
        'query chainId',
        'query page',
        'query limit',
        'query minBalanceUSD',
        'query includeSpam',
      ]),
    );
  });

  it('has the actions of POST /api/cache', () => {
    const body = JSON.stringify(paths['/api/cache']!.post!.requestBody);
    for (const action of ['invalidate', 'invalidatePattern', 'invalidateTag', 'invalidateWallet', 'clearNamespace']) {
      expect(body).toContain(`"${action}"`);
    }
  });

  it('has health checks outside of the prefix', () => {
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/health/live', '/health/ready', '/health/startup']));
  });

  it('is shown as a page whose parts may be loaded', async () => {
    const page = await api.get('/docs').expect(200);
    expect(page.headers['content-type']).toContain('text/html');
    await api.get('/docs/swagger-ui-bundle.js').expect(200);
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
  });
});
