import { type OutgoingMessage, type ServerResponse, validateHeaderValue } from 'node:http';

/** What an answer's head says of this answer alone. */
export interface OwnFields {
  readonly etag: string;
  readonly tier: string;
  readonly ageS: number;
  readonly requestId: string | undefined;
  /** Bytes of the content; undefined for a 304, which has none. */
  readonly length: string | undefined;
}

/** The text of a head up to the fields of one answer, and from the date on. */
interface WrittenHead {
  readonly opening: string;
  readonly closing: string;
}

/** Where Node keeps the text of a head; it writes none where there is one. Not documented, and so since its first versions. */
const TEXT = '_header';

interface TextHolder {
  [TEXT]: unknown;
}

/**
 * The head of the answers that share their status and all but their own fields. Node makes the first one, and checks it:
 * the text that it made is taken for those that follow, with their own fields in it. To have the head of each answer
 * checked and put together again by `writeHead` is a fifth of what the answer costs.
 *
 * Where Node's text is not found as it is expected, or an answer is to end its connection, `writeHead` makes it.
 */
export class ReadyHead {
  private written: WrittenHead | null | undefined;

  /** @param fields name, value, name, value: as `writeHead` takes them */
  constructor(
    private readonly status: number,
    private readonly fields: readonly string[],
  ) {}

  /** Gives the response its head; what is left is `end`. */
  put(response: ServerResponse, own: OwnFields): void {
    const { written } = this;
    if (written && response.shouldKeepAlive && response.getHeaderNames().length === 0) {
      response.statusCode = this.status;
      (response as unknown as TextHolder)[TEXT] =
        `${written.opening}${textOf(own)}Date: ${now()}\r\n${written.closing}`;
      return;
    }
    // What somebody before has set is this response's own, and must not be in the text of others.
    const isPlain = response.shouldKeepAlive && response.getHeaderNames().length === 0;
    response.writeHead(this.status, this.fields.concat(fieldsOf(own)));
    if (this.written === undefined && isPlain) this.written = writtenHead(response);
  }
}

/** @returns null where it is not as expected: no date, or a count of the connection's requests */
function writtenHead(response: OutgoingMessage): WrittenHead | null {
  const text = (response as unknown as TextHolder)[TEXT];
  const parts = typeof text === 'string' ? /^(.*?\r\n)etag: .*\r\nDate: [^\r]*\r\n(.*)$/s.exec(text) : null;
  if (parts === null) return null;
  const [, opening, closing] = parts as unknown as [string, string, string];
  return /^Connection: keep-alive\r\n(Keep-Alive: timeout=\d+\r\n)?\r\n$/.test(closing) ? { opening, closing } : null;
}

function fieldsOf({ etag, tier, ageS, requestId, length }: OwnFields): string[] {
  const fields = ['etag', etag, 'x-cache', tier, 'age', String(ageS)];
  if (requestId !== undefined) fields.push('x-request-id', requestId);
  if (length !== undefined) fields.push('content-length', length);
  return fields;
}

/** The same as text. The id is the application's: whatever it is, no header comes in by it. */
function textOf({ etag, tier, ageS, requestId, length }: OwnFields): string {
  let text = `etag: ${etag}\r\nx-cache: ${tier}\r\nage: ${ageS}\r\n`;
  if (requestId !== undefined) {
    validateHeaderValue('x-request-id', requestId);
    text += `x-request-id: ${requestId}\r\n`;
  }
  return length === undefined ? text : `${text}content-length: ${length}\r\n`;
}

let second = 0;
let date = '';

/** For `Date`, which counts in seconds. */
function now(): string {
  const present = Math.floor(Date.now() / 1_000);
  if (present !== second) {
    second = present;
    date = new Date().toUTCString();
  }
  return date;
}
