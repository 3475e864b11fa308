import {
  type OutgoingMessage,
  type ServerResponse,
  STATUS_CODES,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';

/** What an answer's head says of this answer alone. */
export interface OwnFields {
  readonly etag: string;
  readonly tier: string;
  readonly ageS: number;
  readonly requestId: string | undefined;
  /** Bytes of the content; undefined for a 304, which has none. */
  readonly length: string | undefined;
}

/**
 * What stands behind the date in the heads of a server's answers, and is the server's to say: how the connection goes on.
 * Taken from the first head that Node makes.
 */
export class HeadClosing {
  /** Undefined until Node has made a head; null where that was not as expected. */
  text: string | null | undefined;
}

/** Where Node keeps the text of a head; it writes none where there is one. Not documented, and so since its first versions. */
const TEXT = '_header';

interface TextHolder {
  [TEXT]: unknown;
}

/**
 * The head of the answers that share their status and all but their own fields, as text. Fields are checked once: to have
 * the head of each answer checked and put together again by `writeHead` is a fifth of what the answer costs.
 *
 * Where what Node makes of them is not the same text, or an answer is to end its connection, `writeHead` makes it.
 */
export class ReadyHead {
  private readonly opening: string;

  /**
   * @param fields name, value, name, value: as `writeHead` takes them
   * @throws where Node would refuse to send one
   */
  constructor(
    private readonly status: number,
    private readonly fields: readonly string[],
    private readonly closing: HeadClosing,
  ) {
    let opening = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (let at = 0; at < fields.length; at += 2) {
      const [name, value] = [fields[at]!, fields[at + 1]!];
      validateHeaderName(name);
      validateHeaderValue(name, value);
      opening += `${name}: ${value}\r\n`;
    }
    this.opening = opening;
  }

  /** Gives the response its head; what is left is `end`. */
  put(response: ServerResponse, own: OwnFields): void {
    const { closing } = this;
    // What somebody before has set is this response's own, and must not be in the text of others.
    const isPlain = response.shouldKeepAlive && response.getHeaderNames().length === 0;
    const text = isPlain ? this.text(own) : null;
    if (text !== null) {
      response.statusCode = this.status;
      (response as unknown as TextHolder)[TEXT] = text;
      return;
    }
    response.writeHead(this.status, this.fields.concat(fieldsOf(own)));
    if (closing.text === undefined && isPlain) closing.text = closingOf(response, this.opening + textOf(own));
  }

  /** The head of an answer after which the connection goes on; null where Node has to make it. */
  text(own: OwnFields): string | null {
    const { text } = this.closing;
    return text == null ? null : `${this.opening}${textOf(own)}Date: ${now()}\r\n${text}`;
  }
}

/** @returns null where it is not as expected: no date, or a count of the connection's requests */
function closingOf(response: OutgoingMessage, beginning: string): string | null {
  const text = (response as unknown as TextHolder)[TEXT];
  if (typeof text !== 'string' || !text.startsWith(beginning)) return null;
  const end = /^Date: [^\r]*\r\n(Connection: keep-alive\r\n(?:Keep-Alive: timeout=\d+\r\n)?\r\n)$/;
  return end.exec(text.slice(beginning.length))?.[1] ?? null;
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
