import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EntryRef } from '../catalog.js';
import type { Hit, HitReader } from '../hit-reader.js';
import { AnswerMemory } from './answer.memory.js';
import { encodeBody, matchesEtag } from './encoded.body.js';
import { answerHeads, conditionsOf, type AnswerHeads, type Conditions, type SentHeaders } from './message.heads.js';
import { HeadClosing, type OwnFields, type ReadyHead } from './ready.head.js';

/** What a GET's answer follows from: one cached value, and nothing else of the request but its URL. */
export interface AnswerSource<V> {
  readonly ref: EntryRef<V>;
  /** The body, as something for JSON. */
  readonly render: (value: V) => unknown;
  /** Names what else the body follows from, such as the present day; asked for each answer. Default: nothing. */
  readonly variant?: () => string;
}

export interface HotAnswersOptions {
  /** Bound of the bytes that ready answers hold. Default 16 MiB. */
  readonly maxBytes?: number;
  /** A new id for each answer, sent as `x-request-id`. Default: none. */
  readonly requestId?: () => string;
}

interface HotAnswer {
  readonly source: AnswerSource<unknown>;
  readonly heads: AnswerHeads;
  /** The body as it is for this fill and this variant; null until it is asked for again. */
  readonly body: ReadyBody | null;
  readonly fill: number;
  readonly variant: string;
  readonly sizeBytes: number;
}

interface ReadyBody {
  readonly etag: string;
  readonly length: string;
  /** A character for each byte, or the bytes. */
  readonly content: string | Buffer;
}

interface Message {
  readonly head: ReadyHead;
  readonly own: OwnFields;
  /** Empty for a 304. */
  readonly content: ReadyBody['content'];
}

type ReadyAnswer = HotAnswer & { readonly body: ReadyBody };

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
/** What an answer holds beside its body and its URL: closures, parameters, the place in the map. */
const ANSWER_OVERHEAD_BYTES = 600;
/**
 * Node sends a string together with the head, in one piece; a Buffer takes a second one. Of 2 KB that is a tenth of what
 * an answer costs; of much more, copying would cost as much.
 */
const LARGEST_STRING_BYTES = 32 * 1024;
const UNKNOWN_FILL = Number.NaN;

/**
 * Answers GETs of cached values on Node's own server, before a framework sees them. A URL is learnt from the framework's
 * own answer: what it stands for has been checked, and what its answers' headers are is known. From then on a hit is one
 * lookup and one write, and a body is encoded and hashed once for each fill. Misses, loads, errors and everything that is
 * not learnt stay with the framework.
 *
 * Only what any client may read belongs here: nothing but the URL, `Origin` and `If-None-Match` is looked at.
 */
export class HotAnswers {
  private readonly memory: AnswerMemory<HotAnswer>;
  private readonly requestId: (() => string) | undefined;
  private readonly closing = new HeadClosing();
  private isAsked = false;

  constructor(
    private readonly hits: HitReader,
    options: HotAnswersOptions = {},
  ) {
    this.memory = new AnswerMemory(options.maxBytes ?? DEFAULT_MAX_BYTES);
    this.requestId = options.requestId;
  }

  /**
   * Learns a URL from the framework's answer to a GET of it.
   * @param headers of that answer, with status 200; not learnt if they set a cookie, forbid to keep the answer, or depend on more
   */
  learn<V>(request: IncomingMessage, source: AnswerSource<V>, headers: SentHeaders): void {
    // What is never asked need not be kept.
    if (!this.isAsked) return;
    const conditions = request.method === 'GET' ? conditionsOf(request.rawHeaders) : null;
    const heads = answerHeads(headers, this.closing);
    if (conditions === null || heads === null) return;
    const name = nameOf(request.url!, conditions.origin);
    const answer = { source: source as AnswerSource<unknown>, heads, body: null, fill: UNKNOWN_FILL, variant: '' };
    this.memory.set(name, { ...answer, sizeBytes: sizeOf(name, heads) });
  }

  /** Answers the request, or has `otherwise` do it: at once, or when L2 was asked. */
  answer(request: IncomingMessage, response: ServerResponse, otherwise: () => void): void {
    this.isAsked = true;
    const conditions = request.method === 'GET' ? conditionsOf(request.rawHeaders) : null;
    if (conditions === null) return otherwise();
    const name = nameOf(request.url!, conditions.origin);
    const known = this.memory.get(name);
    if (known === undefined) return otherwise();
    const ready = this.upToDate(known);
    if (ready === null) return otherwise();
    const finish = (hit: Hit<unknown> | null): void => {
      // Nobody waits any more, and a framework would wait for an end that has been.
      if (response.destroyed) return;
      const answer = hit && this.fitting(name, ready, hit);
      if (answer === null) otherwise();
      else this.send(response, answer, hit!, conditions.ifNoneMatch);
    };
    const hit = this.hits.fromL1(ready.source.ref, ready.fill);
    if (hit !== undefined) finish(hit);
    else {
      const failed = (): void => (response.headersSent ? void response.destroy() : otherwise());
      this.hits.fromL2(ready.source.ref, ready.fill).then(finish).catch(failed);
    }
  }

  /**
   * An answer as the text that goes over the connection, a character for each byte: at once from L1, soon from L2. Null where
   * neither has one, or where Node has yet to make the first head: then the request has to go the usual way, to `answer`
   * if it was null at once. What is found counts as a hit, whatever becomes of it. A promise does not reject.
   */
  textFor(url: string, { origin, ifNoneMatch }: Conditions): string | null | Promise<string | null> {
    const name = nameOf(url, origin);
    const known = this.closing.text == null ? undefined : this.memory.get(name);
    const ready = known && this.upToDate(known);
    if (!ready) return null;
    const { source, fill } = ready;
    const hit = this.hits.fromL1(source.ref, fill);
    if (hit !== undefined) return this.textOf(name, ready, hit, ifNoneMatch);
    const textOf = (found: Hit<unknown> | null): string | null => found && this.textOf(name, ready, found, ifNoneMatch);
    return this.hits.fromL2(source.ref, fill).then(textOf, () => null);
  }

  private textOf(name: string, ready: HotAnswer, hit: Hit<unknown>, ifNoneMatch: string | undefined): string | null {
    const answer = this.fitting(name, ready, hit);
    if (answer === null) return null;
    try {
      const { head, own, content } = this.message(answer, hit, ifNoneMatch);
      return head.text(own)! + (Buffer.isBuffer(content) ? content.toString('latin1') : content);
    } catch {
      // An id that is none: the usual way tells of it.
      return null;
    }
  }

  /** An answer of yesterday's variant knows no fill; null where that fails, which is the framework's to tell. */
  private upToDate(answer: HotAnswer): HotAnswer | null {
    const { source } = answer;
    if (source.variant === undefined) return answer;
    try {
      const variant = source.variant();
      return variant === answer.variant ? answer : { ...answer, variant, fill: UNKNOWN_FILL };
    } catch {
      return null;
    }
  }

  /** The answer for the fill that was hit, encoded if it is a new one; null where that fails, which is the framework's to tell. */
  private fitting(name: string, answer: HotAnswer, hit: Hit<unknown>): ReadyAnswer | null {
    if (answer.body !== null && hit.fill === answer.fill) return answer as ReadyAnswer;
    try {
      const { bytes, etag } = encodeBody(answer.source.render(hit.value));
      const sizeBytes = sizeOf(name, answer.heads) + bytes.length;
      const content = bytes.length > LARGEST_STRING_BYTES ? bytes : bytes.toString('latin1');
      const body = { etag, length: String(bytes.length), content };
      const fresh = { ...answer, body, fill: hit.fill, sizeBytes };
      this.memory.set(name, fresh);
      return fresh;
    } catch {
      this.memory.delete(name);
      return null;
    }
  }

  private send(
    response: ServerResponse,
    answer: ReadyAnswer,
    hit: Hit<unknown>,
    ifNoneMatch: string | undefined,
  ): void {
    const { head, own, content } = this.message(answer, hit, ifNoneMatch);
    head.put(response, own);
    // For no content Node would make a second piece of the message.
    if (content.length === 0) response.end();
    else response.end(content, 'latin1');
  }

  private message({ body, heads }: ReadyAnswer, hit: Hit<unknown>, ifNoneMatch: string | undefined): Message {
    const { etag, content } = body;
    const isUnchanged = matchesEtag(ifNoneMatch, etag);
    const own = {
      etag,
      tier: hit.tier,
      ageS: Math.floor(hit.ageMs / 1_000),
      requestId: this.requestId?.(),
      length: isUnchanged ? undefined : body.length,
    };
    return isUnchanged ? { head: heads.unchanged, own, content: '' } : { head: heads.whole, own, content };
  }
}

function nameOf(url: string, origin: string | undefined): string {
  return origin === undefined ? url : `${origin} ${url}`;
}

function sizeOf(name: string, heads: AnswerHeads): number {
  return name.length + ANSWER_OVERHEAD_BYTES + heads.sizeBytes;
}
