import { connect } from 'node:net';
import type { Devnet } from '@chaincache/devnet';
import { freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

const PROBLEM = 'application/problem+json; charset=utf-8';

describe('bad input to GET /api/tokens/:address', () => {
  let devnet: Devnet;
  let api: TestApi;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3 });
    api = await startApi(devnet);
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  afterEach(() => {
    expect(devnet.control.insight.counts().requests).toBe(0);
  });

  const alice = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

  it.each([
    ['no address', 'hello'],
    ['a digit too few', alice.slice(0, -1)],
    ['a digit too many', `${alice}0`],
    ['a wrong EIP-55 checksum', `0xF${alice.slice(3)}`],
    ['the prefix in upper case', alice.replace('0x', '0X')],
    ['a Cyrillic а among the digits', encodeURIComponent(alice.replace('a', 'а'))],
    ['full-width digits', encodeURIComponent(alice.replace('9', '９'))],
    ['a line break at the end', encodeURIComponent(`${alice}\n`)],
    ['a name', 'vitalik.eth'],
    ['a colon that would reach into other keys', `${alice.slice(0, -2)}:*`],
    ['300 characters', 'a'.repeat(300)],
  ])('refuses %s and says what an address is', async (_what, address) => {
    const { body, headers } = await api.get(`/api/tokens/${address}`).expect(400);
    expect(headers['content-type']).toBe(PROBLEM);
    expect(body).toMatchObject({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      instance: `urn:uuid:${headers['x-request-id'] as string}`,
      errors: [{ field: 'address', message: expect.stringContaining('0x and 40 hex digits') as string }],
    });
  });

  it.each([
    ['page=-1', 'page'],
    ['page=1.5', 'page'],
    ['page=99999999999999999999', 'page'],
    ['page=', 'page'],
    ['page=0&page=1', 'page'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1e9', 'limit'],
    ['limit=1000000000', 'limit'],
    ['chainId=abc', 'chainId'],
    ['chainId=-1', 'chainId'],
    ['chainId=1', 'chainId'],
    ['chainId=0x7a69', 'chainId'],
    ['minBalanceUSD=-1', 'minBalanceUSD'],
    ['minBalanceUSD=NaN', 'minBalanceUSD'],
    ['minBalanceUSD=1e3', 'minBalanceUSD'],
    ['minBalanceUSD=0.0000001', 'minBalanceUSD'],
    ['includeSpam=yes', 'includeSpam'],
  ])('refuses ?%s and names %s', async (query, field) => {
    const { body, headers } = await api.get(`/api/tokens/${alice}?${query}`).expect(400);
    expect(headers['content-type']).toBe(PROBLEM);
    expect(body.errors).toEqual([{ field, message: expect.stringMatching(/^should be /) as string }]);
  });

  it('names every field that is wrong', async () => {
    const { body } = await api.get(`/api/tokens/${alice}?page=x&limit=y`).expect(400);
    expect((body.errors as { field: string }[]).map(({ field }) => field)).toEqual(['page', 'limit']);
  });

  it.each([
    ['an address of 10 kB', `/api/tokens/${'a'.repeat(10_000)}`, 414],
    ['a percent sign alone', '/api/tokens/%', 400],
    ['bytes that are no UTF-8', '/api/tokens/%E0%A4%A', 400],
    ['an unknown route', '/api/nothing', 404],
    ['an unknown route without prefix', '/nothing', 404],
    ['a path that climbs', '/api/tokens/..%2f..%2fhealth', 400],
  ])('answers %s with a problem', async (_what, path, status) => {
    // Not supertest: it would mend the address first.
    const answer = await rawGet(api.url, path);
    expect(answer).toMatchObject({ status, contentType: PROBLEM });
    expect(JSON.parse(answer.body)).toMatchObject({ status, type: 'about:blank' });
  });

  it('answers another method with a problem', async () => {
    const answer = await fetch(`${api.url}/api/tokens/${freshAddress()}`, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, PROBLEM]);
  });

  it('answers headers beyond any measure with a problem', async () => {
    const answer = await rawGet(api.url, '/health/live', `x: ${'a'.repeat(20_000)}\r\n`);
    expect(answer).toMatchObject({ status: 431, contentType: PROBLEM });
  });

  it('answers what is no HTTP with a problem', async () => {
    expect(await rawExchange(api.url, 'HELO example.com\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*problem\+json/);
  });
});

async function rawGet(
  url: string,
  path: string,
  headers = '',
): Promise<{ status: number; contentType: string; body: string }> {
  const text = await rawExchange(url, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`);
  const [head = '', ...body] = text.split('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    contentType: /^content-type: (.*)$/im.exec(head)?.[1] ?? '',
    body: body.join('\r\n\r\n'),
  };
}

function rawExchange(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('end', () => resolve(text));
  });
}
