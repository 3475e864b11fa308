import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Conditions } from './message.heads.js';
import { LONGEST_HEAD, requestText } from './request.text.js';

type DataListener = (chunk: Buffer) => void;

/** Who may have the whole text of an answer ready. */
export interface TextAnswers {
  /** Head and content, a character for each byte, at once or soon; null where the request has to go the usual way. */
  textFor(url: string, conditions: Conditions): string | null | Promise<string | null>;
}

/**
 * Reads a connection before Node's parser does, and answers what is ready with one write: no parser, no request and no
 * response object, which are most of what a small answer costs. Everything else goes to the parser as it came. While an answer
 * is waited for, what comes stays with the socket.
 *
 * The parser never sees what was answered here, so it must stand between two requests then. That is known as long as each
 * request that it was given could be measured by its text, and its response is over. Where one could not be (chunked,
 * upgraded, pipelined, a head in pieces), Node has the connection for good. It has the first request of each as well: with
 * that one over, the connection counts as idle and not as one that never asked, and ends by Node's own times.
 */
export class ReadyConnection {
  /** Requests that the parser was given and whose responses are not over. */
  private open = 0;
  /** Bytes that the last of them still lacks. */
  private missingBytes = 0;
  private isFirst = true;
  private isWaiting = false;
  /** Something came meanwhile, and is with the socket. */
  private isPaused = false;
  /** To be ended once it is answered. */
  private isLast = false;
  /** While the parser is given a request that was asked for here in vain. */
  isAskedFor = false;
  private readonly read: DataListener = (chunk) => this.take(chunk);

  /**
   * @param parse Node's own listener to what comes
   * @param mayAnswer asked for each request
   */
  constructor(
    private readonly socket: Socket,
    private readonly parse: DataListener,
    private readonly answers: TextAnswers,
    private readonly mayAnswer: () => boolean,
    private readonly server: Server,
  ) {
    // Never without a listener, which would be taken for a stream that nobody reads.
    socket.on('data', this.read);
    socket.removeListener('data', parse);
  }

  /** A response of this connection is over: sent, or given up. */
  responded(): void {
    this.open -= 1;
  }

  /** Whether it waits for an answer of ours, or takes one, while Node holds it for idle. */
  get isBusy(): boolean {
    return this.isWaiting || (this.open === 0 && this.socket.writableLength > 0);
  }

  /** Ends it once it has the answer that it waits for, and what is on its way to it. */
  end(): void {
    this.isLast = true;
    if (!this.isWaiting) this.socket.destroySoon();
  }

  private take(chunk: Buffer): void {
    if (this.isWaiting) return this.postpone(chunk);
    if (this.missingBytes > 0) return this.pass(chunk, this.missingBytes);
    const request = requestText(chunk.toString('latin1', 0, LONGEST_HEAD));
    if (request === null) return this.leave(chunk);
    const { url, conditions, lengthBytes } = request;
    if (conditions !== null && lengthBytes === chunk.length && this.isIdle()) {
      const text = this.answers.textFor(url, conditions);
      if (typeof text === 'string') return this.send(text);
      // Who else listens would be given twice what comes meanwhile.
      if (text !== null && this.socket.listenerCount('data') === 1) return this.wait(chunk, text);
    }
    this.hand(chunk, lengthBytes);
  }

  private hand(chunk: Buffer, lengthBytes: number): void {
    this.isFirst = false;
    this.open += 1;
    this.pass(chunk, lengthBytes);
  }

  private wait(request: Buffer, answer: Promise<string | null>): void {
    const restMs = this.socket.timeout;
    this.isWaiting = true;
    this.socket.setTimeout(this.server.timeout);
    const inVain = (): void => {
      // Not within a promise: what a listener throws is to come out as it would have.
      process.nextTick(() => this.goOn(() => this.handInVain(request)));
    };
    const came = (text: string | null): void => {
      if (text === null || !this.mayAnswer()) inVain();
      else this.goOn(() => this.send(text, restMs));
    };
    answer.then(came, inVain);
  }

  private goOn(work: () => void): void {
    this.isWaiting = false;
    // Before Node may want it paused; nothing comes in this turn.
    if (this.isPaused) this.socket.resume();
    this.isPaused = false;
    // A connection that is over has no parser any more, or one that is another's.
    if (this.socket.writable) work();
  }

  /** @param restMs how long it may be idle once it has taken the answer */
  private send(text: string, restMs = this.socket.timeout): void {
    const { socket } = this;
    const isTaken = socket.write(text, 'latin1');
    if (this.isLast) return socket.destroySoon();
    const rest = (): void => {
      if (this.open === 0 && socket.timeout !== restMs) socket.setTimeout(restMs ?? 0);
    };
    if (isTaken) return rest();
    socket.setTimeout(this.server.timeout);
    socket.once('drain', rest);
  }

  private postpone(chunk: Buffer): void {
    this.isPaused = true;
    this.socket.pause();
    this.socket.unshift(chunk);
  }

  private handInVain(request: Buffer): void {
    this.isAskedFor = true;
    try {
      this.hand(request, request.length);
    } finally {
      this.isAskedFor = false;
    }
  }

  /** What a client does not read piles up: Node stops listening to such a one. */
  private isIdle(): boolean {
    const { writable, writableLength } = this.socket;
    return this.open === 0 && !this.isFirst && writable && writableLength === 0 && this.mayAnswer();
  }

  /** Gives the parser what is of one request; with more than that, nobody but the parser knows where the next one ends. */
  private pass(chunk: Buffer, expectedBytes: number): void {
    this.missingBytes = expectedBytes - chunk.length;
    if (this.missingBytes < 0) this.leave(chunk);
    else this.parse(chunk);
  }

  private leave(chunk: Buffer): void {
    this.socket.on('data', this.parse);
    this.socket.removeListener('data', this.read);
    this.parse(chunk);
  }
}
