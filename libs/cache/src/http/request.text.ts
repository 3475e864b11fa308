import { type Conditions, conditionsOf, NO_CONDITIONS } from './message.heads.js';

/** What the head of a request says, where its text leaves no two ways to read it. */
export interface RequestText {
  readonly url: string;
  /** Null where a framework must see it: another method than GET, a body, a range, a field given twice. */
  readonly conditions: Conditions | null;
  /** Bytes of the head and of the content behind it. */
  readonly lengthBytes: number;
}

/** Longer heads are Node's. */
export const LONGEST_HEAD = 8 * 1024;

/**
 * A head by the letter of RFC 9112: one space, one line break, names that are tokens right before their colon, values of
 * visible characters, nothing folded. What is not matched may be fine all the same; it is read by Node alone.
 */
const HEAD = /^([A-Z]+) (\/[!-~]*) HTTP\/1\.1\r\n((?:[!#$%&'*+.^`|~\w-]+:[\t -~\x80-\xff]*\r\n)+)\r\n/;
const HOST = /^host:/im;
/** Fields that say more than what is asked for: where there is none, nothing else need be looked at. */
const TELLING = /^(?:connection|content-length|expect|if-none-match|origin|range|transfer-encoding|upgrade):/im;
const WHITE_AROUND = /^[\t ]|[\t ]$/;
const WHITE_AROUND_ALL = /^[\t ]+|[\t ]+$/g;
const LENGTH = /^\d{1,9}$/;

/**
 * @param text what came on a connection, from the beginning of a request on, a character for each byte
 * @returns null where it is not a whole head, or where the head alone does not tell how long the request is or what comes
 *   after it: chunked content, an upgrade, an expectation, the end of the connection
 */
export function requestText(text: string): RequestText | null {
  const match = HEAD.exec(text);
  if (match === null) return null;
  const [{ length: headBytes }, method, url, fields] = match as unknown as [string, string, string, string];
  if (!HOST.test(fields) || method === 'CONNECT') return null;
  const isGet = method === 'GET';
  if (!TELLING.test(fields)) return { url, conditions: isGet ? NO_CONDITIONS : null, lengthBytes: headBytes };
  const rawHeaders = rawHeadersOf(fields);
  const contentBytes = contentBytesOf(rawHeaders);
  if (contentBytes === null) return null;
  return { url, conditions: isGet ? conditionsOf(rawHeaders) : null, lengthBytes: headBytes + contentBytes };
}

/** Name, value, name, value: as Node has them. */
function rawHeadersOf(fields: string): string[] {
  const rawHeaders: string[] = [];
  for (let from = 0; from < fields.length;) {
    const colon = fields.indexOf(':', from);
    const end = fields.indexOf('\r\n', colon);
    // One space is what everybody sends.
    const value = fields.slice(fields[colon + 1] === ' ' ? colon + 2 : colon + 1, end);
    rawHeaders.push(fields.slice(from, colon), WHITE_AROUND.test(value) ? value.replace(WHITE_AROUND_ALL, '') : value);
    from = end + 2;
  }
  return rawHeaders;
}

/** @returns null where only a parser knows how the connection goes on */
function contentBytesOf(rawHeaders: readonly string[]): number | null {
  let length: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const value = rawHeaders[at + 1]!;
    switch (rawHeaders[at]!.toLowerCase()) {
      case 'content-length':
        if (length !== undefined || !LENGTH.test(value)) return null;
        length = value;
        break;
      case 'connection':
        if (value.toLowerCase() !== 'keep-alive') return null;
        break;
      case 'expect':
      case 'transfer-encoding':
      case 'upgrade':
        return null;
    }
  }
  return length === undefined ? 0 : Number(length);
}
