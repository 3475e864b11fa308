import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIENT } from './openapi-client.program.js';
import { OpenApiDocument, type Operation } from './openapi.document.js';
import { startR3mesApi, type TestApi } from './r3mes-api.js';

const ROOT = join(__dirname, '../..');
const PROBLEM = 'application/problem+json';

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
  let document: OpenApiDocument;

  beforeAll(async () => {
    api = await startR3mesApi();
    document = await OpenApiDocument.of(api);
  }, 60_000);

  afterAll(() => api?.close());

  const statusesOf = (operation: Operation, first: string): string[] =>
    Object.keys(operation.responses).filter((status) => status.startsWith(first));

  it('says of every route what it answers, what it refuses, and that it may be unavailable', () => {
    for (const [route, operation] of document.operations) {
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
    }
  });

  it('gives every error the one form that all errors have, and tells where Retry-After comes', () => {
    for (const [route, { responses }] of document.operations) {
      if (route.includes(' /health/')) continue;
      for (const [status, { content, headers = {} }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        expect({ route, status, forms: Object.keys(content ?? {}) }).toEqual({ route, status, forms: [PROBLEM] });
        if (status === '429' || status === '503') expect(Object.keys(headers)).toContain('Retry-After');
      }
    }
  });

  it.each(CACHED)('names the headers of the cache and the body: %s', (route) => {
    const { '200': found, '304': same } = document.operation(route).responses;
    expect(Object.keys(found!.headers!)).toEqual(expect.arrayContaining(HEADERS_OF_THE_CACHE));
    expect(Object.keys(same!.headers!)).toEqual(expect.arrayContaining(HEADERS_OF_THE_CACHE));
    expect(JSON.stringify(found!.content)).toContain('"properties"');
  });

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
      writeFileSync(join(folder, 'openapi.json'), document.text);
      writeFileSync(join(folder, 'client.ts'), CLIENT);
      run('openapi-typescript/bin/cli.js', 'openapi.json', '--output', 'api.ts');
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICT, files: ['client.ts'] }));
      expect(run('typescript/bin/tsc', '-p', '.')).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
