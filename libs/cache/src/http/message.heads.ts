import type { OutgoingHttpHeader } from 'node:http';
import { type HeadClosing, ReadyHead } from './ready.head.js';

/** What a framework tells of the headers that it sends. */
export type SentHeaders = Readonly<Record<string, OutgoingHttpHeader | undefined>>;

/** The heads of all answers to a URL. */
export interface AnswerHeads {
  readonly whole: ReadyHead;
  /** Of a 304, which has no content. */
  readonly unchanged: ReadyHead;
  /** What they hold. */
  readonly sizeBytes: number;
}

/** What differs from answer to answer, or is Node's own to say. */
const PER_ANSWER = new Set([
  'age',
  'connection',
  'content-length',
  'date',
  'etag',
  'keep-alive',
  'transfer-encoding',
  'x-cache',
  'x-request-id',
]);

/** Of a line: the colon, a space, and its end. */
const SEPARATORS = 4;

/**
 * @param closing of the server that sends them
 * @returns null where an answer is for one client alone, or depends on more of the request than what is looked at
 * @throws where Node would refuse to send a header
 */
export function answerHeads(headers: SentHeaders, closing: HeadClosing): AnswerHeads | null {
  const whole: string[] = [];
  const unchanged: string[] = [];
  let length = 0;
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (isOwnToOne(lower, String(value ?? ''))) return null;
    if (value === undefined || PER_ANSWER.has(lower)) continue;
    for (const one of Array.isArray(value) ? value : [String(value)]) {
      whole.push(name, one);
      length += name.length + one.length + SEPARATORS;
      if (lower !== 'content-type') unchanged.push(name, one);
    }
  }
  // Each is kept as text as well.
  return {
    whole: new ReadyHead(200, whole, closing),
    unchanged: new ReadyHead(304, unchanged, closing),
    sizeBytes: 2 * length,
  };
}

function isOwnToOne(name: string, value: string): boolean {
  switch (name) {
    case 'set-cookie':
    case 'content-encoding':
    case 'last-modified':
    case 'expires':
      return value !== '';
    case 'cache-control':
      return /private|no-store/i.test(value);
    case 'vary':
      return value.split(',').some((one) => !/^\s*(origin)?\s*$/i.test(one));
    default:
      return false;
  }
}

/** What a request asks beyond its URL. */
export interface Conditions {
  readonly ifNoneMatch: string | undefined;
  /** The page's, where it is another site's: the headers of its answers differ. */
  readonly origin: string | undefined;
}

export const NO_CONDITIONS: Conditions = { ifNoneMatch: undefined, origin: undefined };

/**
 * Read from the raw headers (name, value, …): Node makes an object of them only when asked, which costs more than this.
 * @returns null for what a framework must see: a body, the wish for an upgrade or a range, a header given twice
 */
export function conditionsOf(rawHeaders: readonly string[]): Conditions | null {
  let ifNoneMatch: string | undefined;
  let origin: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    // The lengths of the names below; others need not be brought to lower case.
    if (!LENGTHS_OF_INTEREST.has(name.length)) continue;
    const lower = name.toLowerCase();
    if (lower === 'if-none-match') {
      if (ifNoneMatch !== undefined) return null;
      ifNoneMatch = rawHeaders[at + 1]!;
    } else if (lower === 'origin') {
      if (origin !== undefined) return null;
      origin = rawHeaders[at + 1]!;
    } else if (FRAMEWORKS.has(lower)) return null;
  }
  return ifNoneMatch === undefined && origin === undefined ? NO_CONDITIONS : { ifNoneMatch, origin };
}

const FRAMEWORKS = new Set(['content-length', 'expect', 'range', 'transfer-encoding', 'upgrade']);
const LENGTHS_OF_INTEREST = new Set(['if-none-match', 'origin', ...FRAMEWORKS].map((name) => name.length));
