import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIENT } from './openapi-client.program.js';
import { freshKey, freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

const ROOT = join(__dirname, '../..');
const PROBLEM = 'application/problem+json';

interface Described {
  readonly description: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, Described>>;
}

/** Answered from the cache. */
const CACHED = [
  'get /api/tokens/{address}',
  'get /api/users/{wallet}',
  'get /api/users/{wallet}/credits',
  'get /api/miners/{wallet}/stats',
  'get /api/miners/{wallet}/earnings',
  'get /api/miners/{wallet}/hashrate',
  'get /api/network/stats',
  'get /api/blocks',
  'get /api/blocks/height',
];
const OTHERS = [
  'get /api/cache',
  'post /api/cache',
  'get /api/cache/explain',
  'post /api/users',
  'patch /api/users/{wallet}',
  'post /api/users/{wallet}/credits/add',
  'post /api/users/{wallet}/credits/deduct',
  'post /api/auth/payload',
  'post /api/auth/login',
  'post /api/miners',
  'post /api/miners/{wallet}/stats',
  'post /api/api-keys',
  'get /api/api-keys',
  'post /api/api-keys/{id}/revoke',
  'post /api/events',
];
const STRICT = {
  strict: true,
  noEmit: true,
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2022', 'dom', 'dom.iterable'],
  types: [],
};
const HEADERS_OF_THE_CACHE = ['X-Cache', 'Age', 'ETag', 'Cache-Control'];

describe('the OpenAPI description', () => {
  let api: TestApi;
  let text: string;
  let operations: Map<string, Operation>;

  beforeAll(async () => {
    api = await startR3mesApi();
    text = (await api.get('/docs-json').expect(200)).text;
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
    operations = new Map(
      Object.entries(paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation]),
      ),
    );
  }, 60_000);

  afterAll(() => api?.close());

  const statusesOf = (operation: Operation, first: string): string[] =>
    Object.keys(operation.responses).filter((status) => status.startsWith(first));

  it('has every route', () => {
    expect([...operations.keys()]).toEqual(expect.arrayContaining([...CACHED, ...OTHERS]));
  });

  it('says of every route what it answers, what it refuses, and that it may be unavailable', () => {
    for (const [route, operation] of operations) {
      if (!route.includes(' /api/')) continue;
      const takes = operation.requestBody !== undefined || operation.parameters?.some((one) => one.in !== 'header');
      expect({ route, answers: statusesOf(operation, '2').length }).not.toMatchObject({ answers: 0 });
      if (takes === true)
        expect({ route, refuses: statusesOf(operation, '4') }).toMatchObject({
          refuses: expect.arrayContaining(['400']),
        });
      if (operation.security !== undefined)
        expect({ route, refuses: statusesOf(operation, '4') }).toMatchObject({
          refuses: expect.arrayContaining(['401', '403']),
        });
      expect({ route, fails: statusesOf(operation, '5') }).toMatchObject({ fails: expect.arrayContaining(['503']) });
      for (const response of Object.values(operation.responses)) expect(response.description).not.toBe('');
    }
  });

  it('gives every error the one form that all errors have, and tells where Retry-After comes', () => {
    for (const [route, { responses }] of operations) {
      if (route.includes(' /health/')) continue;
      for (const [status, { content, headers = {} }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        expect({ route, status, forms: Object.keys(content ?? {}) }).toEqual({ route, status, forms: [PROBLEM] });
        if (status === '429' || status === '503') expect(Object.keys(headers)).toContain('Retry-After');
      }
    }
  });

  it.each(CACHED)('names the headers of the cache and the body: %s', (route) => {
    const { '200': found, '304': same } = operations.get(route)!.responses;
    expect(Object.keys(found!.headers!)).toEqual(expect.arrayContaining(HEADERS_OF_THE_CACHE));
    expect(Object.keys(same!.headers!)).toEqual(expect.arrayContaining(HEADERS_OF_THE_CACHE));
    expect(JSON.stringify(found!.content)).toContain('"properties"');
  });

  it('is true: answers have the headers and the fields that it names, and no others', async () => {
    const wallet = freshWallet();
    await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
    const changed = await api.send('post', `/api/users/${wallet}/credits/add`, { amount: '5' }, freshKey()).expect(200);
    const routes = new Map([
      ['get /api/users/{wallet}', `/api/users/${wallet}`],
      ['get /api/users/{wallet}/credits', `/api/users/${wallet}/credits`],
      ['get /api/network/stats', '/api/network/stats'],
    ]);
    for (const [route, path] of routes) {
      const answer = await api.get(path).expect(200);
      for (const name of HEADERS_OF_THE_CACHE) expect(answer.headers).toHaveProperty(name.toLowerCase());
      expectFields(route, '200', answer.body as object);
    }
    expectFields('post /api/users/{wallet}/credits/add', '200', changed.body as object);
    const refused = await api.get('/api/users/nobody').expect(400);
    expect(refused.headers['content-type']).toContain(PROBLEM);
    const { properties } = (JSON.parse(text) as { components: { schemas: { Problem: { properties: object } } } })
      .components.schemas.Problem;
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(refused.body as object)));
  });

  function expectFields(route: string, status: string, body: object): void {
    const { schema } = operations.get(route)!.responses[status]!.content!['application/json'] as {
      schema: { properties: object; required: string[] };
    };
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(body)));
    expect(Object.keys(body)).toEqual(expect.arrayContaining(schema.required));
  }

  it('gives a client that compiles, and that knows the types of answers, headers, parameters and errors', () => {
    const folder = mkdtempSync(join(tmpdir(), 'openapi-client-'));
    const run = (program: string, ...args: string[]): string => {
      try {
        return execFileSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
          cwd: folder,
          encoding: 'utf8',
          stdio: 'pipe',
        });
      } catch (error) {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        throw new Error(`${program}: ${stdout}${stderr}`, { cause: error });
      }
    };
    try {
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(join(folder, 'openapi.json'), text);
      writeFileSync(join(folder, 'client.ts'), CLIENT);
      run('openapi-typescript/bin/cli.js', 'openapi.json', '--output', 'api.ts');
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICT, files: ['client.ts'] }));
      expect(run('typescript/bin/tsc', '-p', '.')).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
