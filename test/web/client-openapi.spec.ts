import type { Devnet } from '@chaincache/devnet';
import type * as client from '@chaincache/react';
import { startApi, startTestDevnet, type TestApi } from '../e2e/test-api.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json': { readonly schema: object } } }>
  >;
}

describe('the hooks’ client and the API’s OpenAPI', () => {
  let devnet: Devnet;
  let api: TestApi;
  let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 1 });
    api = await startApi(devnet);
    paths = (await api.get('/docs-json').expect(200)).body.paths;
  }, 60_000);
  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  it.each([
    ['get', '/api/tokens/{address}', ['address', 'chainId', 'page', 'limit', 'minBalanceUSD', 'includeSpam']],
    ['get', '/api/tokens/{address}/events', ['address']],
    ['get', '/api/cache', ['wallet']],
    ['get', '/api/quotes/destinations', ['chainId']],
  ])('agree on the parameters of %s %s', (method, path, names) => {
    const parameters = (paths[path]![method]!.parameters ?? []).filter((parameter) => parameter.in !== 'header');
    expect(parameters.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it.each([
    ['/api/cache', ['invalidateWallet', 'invalidatePattern', 'walletAddress', 'minBlock', 'chainId', 'pattern']],
    ['/api/quotes', ['chainId', 'sender', 'destinationToken', 'tokens', 'address', 'amount']],
  ])('agree on what POST %s takes', (path, names) => {
    const body = JSON.stringify(paths[path]!.post!.requestBody);
    for (const name of names) expect(body).toContain(`"${name}"`);
  });

  it('agree on the answers about quotes', () => {
    const answered = (path: string, method: string): string[] => {
      const { schema } = paths[path]![method]!.responses['200']!.content!['application/json'];
      return Object.keys((schema as { properties: object }).properties).sort();
    };
    const quotes: Record<keyof client.QuotesAnswer, true> = {
      success: true,
      chainId: true,
      destinationToken: true,
      quotes: true,
      failed: true,
      totalDestinationAmount: true,
      expiresAt: true,
      simulated: true,
    };
    expect(answered('/api/quotes', 'post')).toEqual(Object.keys(quotes).sort());
    expect(answered('/api/quotes/destinations', 'get')).toEqual(['destinations', 'success']);
  });
});
