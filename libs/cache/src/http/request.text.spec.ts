import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { requestText } from './request.text.js';

const head = (...lines: string[]): string => [...lines, '', ''].join('\r\n');
const plain = (...fields: string[]): string => head('GET /a?b=1 HTTP/1.1', 'Host: here', ...fields);

describe('the text of a request', () => {
  it('says what is asked for', () => {
    const text = plain('Accept: */*', 'X-Empty:', 'X-Tab:\tof \t tabs\t', 'x!#$%&\'*+.^_`|~-: "é\xff"');
    expect(requestText(text)).toEqual({ url: '/a?b=1', conditions: {}, lengthBytes: text.length });
    expect(requestText(`${text}GET`)).toEqual({ url: '/a?b=1', conditions: {}, lengthBytes: text.length });
  });

  it('says under which conditions, without the white space around them', () => {
    const text = plain('IF-NONE-MATCH:\t "x", W/"y" \t', 'origin:https://page.example', 'Connection: Keep-Alive');
    expect(requestText(text)?.conditions).toEqual({ ifNoneMatch: '"x", W/"y"', origin: 'https://page.example' });
  });

  it('says how long it is with its content', () => {
    const text = head('POST /a HTTP/1.1', 'host: here', 'content-length: 12');
    expect(requestText(`${text}0123`)).toEqual({ url: '/a', conditions: null, lengthBytes: text.length + 12 });
  });

  it.each([
    ['another method', head('HEAD /a HTTP/1.1', 'Host: here')],
    ['a range', plain('Range: bytes=0-1')],
    ['content', plain('Content-Length: 0')],
    ['two validators', plain('If-None-Match: "x"', 'If-None-Match: "y"')],
    ['two origins', plain('Origin: a', 'Origin: b')],
  ])('is for a framework with %s', (_what, text) => {
    expect(requestText(text)).toMatchObject({ conditions: null });
  });

  it.each([
    ['half a head', plain().slice(0, -1)],
    ['no host', head('GET /a HTTP/1.1', 'Accept: */*')],
    ['HTTP/1.0', head('GET /a HTTP/1.0', 'Host: here')],
    ['a whole address', head('GET http://here/a HTTP/1.1', 'Host: here')],
    ['two spaces', head('GET  /a HTTP/1.1', 'Host: here')],
    ['a space in the address', head('GET /a b HTTP/1.1', 'Host: here')],
    ['a line before it', `\r\n${plain()}`],
    ['bare line feeds', plain().replaceAll('\r\n', '\n')],
    ['a bare carriage return', plain('X-Own: a\rb')],
    ['a zero byte', plain('X-Own: a\0b')],
    ['a space before a colon', plain('X-Own : a')],
    ['a folded field', plain('X-Own: a', ' b')],
    ['a field without a name', plain(': a')],
    ['a field without a colon', plain('X-Own')],
    ['a tunnel', head('CONNECT /a HTTP/1.1', 'Host: here')],
    ['the wish to end', plain('Connection: close')],
    ['a field that is of the connection', plain('Connection: keep-alive, if-none-match')],
    ['the wish for an upgrade', plain('Upgrade: websocket')],
    ['an expectation', plain('Expect: 100-continue')],
    ['chunked content', plain('Transfer-Encoding: chunked')],
    ['chunked content after a length', plain('Content-Length: 1', 'Transfer-Encoding: chunked')],
    ['two lengths', plain('Content-Length: 1', 'Content-Length: 1')],
    ['a length that is none', plain('Content-Length: +1')],
    ['lengths in one field', plain('Content-Length: 1, 1')],
    ['no length at all', plain('Content-Length:')],
  ])('leaves to the parser what has %s', (_what, text) => {
    expect(requestText(text)).toBeNull();
  });

  describe('beside Node’s parser', () => {
    let server: Server;
    let seen: { url: string; ifNoneMatch: string | undefined; origin: string | undefined; content: number } | null;

    beforeAll(async () => {
      server = createServer((request, response) => {
        let content = 0;
        request.on('data', (chunk: Buffer) => (content += chunk.length));
        request.on('end', () => {
          const { 'if-none-match': ifNoneMatch, origin } = request.headers;
          seen = { url: request.url!, ifNoneMatch, origin, content };
          response.setHeader('connection', 'close').end();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    async function tell(text: string): Promise<void> {
      seen = null;
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(text, 'latin1');
      await closed;
    }

    const name = fc.constantFrom(
      'X-Own',
      'If-None-Match',
      'Origin',
      'Content-Length',
      'Host',
      'Range',
      'Accept',
      'x y',
      '',
    );
    const value = fc.oneof(
      fc.constantFrom('"x"', '3', '0', 'keep-alive', 'https://a'),
      fc.string({ unit: 'binary-ascii', maxLength: 6 }),
      fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 6 }),
    );
    const field = fc
      .tuple(
        name,
        fc.constantFrom(': ', ': ', ':', ' : ', ':\t'),
        value,
        fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n '),
      )
      .map((parts) => parts.join(''));
    const request = fc
      .tuple(
        fc.constantFrom('GET', 'POST', 'get', 'DELETE'),
        fc.constantFrom('/a', '/a', '/a?b=%20', '/a#b', '/ä', '/a\t', '*'),
        fc.constantFrom(...Array<string>(6).fill(' HTTP/1.1\r\n'), ' HTTP/1.1\n', ' HTTP/1.0\r\n', '\r\n'),
        fc.array(field, { maxLength: 4 }),
      )
      .map(([method, url, version, fields]) => `${method} ${url}${version}Host: here\r\n${fields.join('')}\r\n`);

    it('says the same, or nothing', async () => {
      await fc.assert(
        fc.asyncProperty(request, async (text) => {
          const read = requestText(text);
          if (read === null) return;
          const content = read.lengthBytes - text.length;
          fc.pre(content < 1_000);
          await tell(text + 'x'.repeat(content));
          expect(seen).toMatchObject({ url: read.url, content });
          if (read.conditions !== null) {
            const { ifNoneMatch, origin } = read.conditions;
            expect([seen?.ifNoneMatch, seen?.origin]).toEqual([ifNoneMatch, origin]);
          }
        }),
        { numRuns: 3_000 },
      );
    }, 60_000);
  });
});
