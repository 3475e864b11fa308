import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerAhead, HotAnswers, type AnswerSource } from '../src/http/index.js';
import { amount, balances, SimulatedFleet, type SimulatedProcess } from './simulated.fleet.js';

/** A request, byte for byte. */
export const get = (path: string, fields = ''): string => `GET ${path} HTTP/1.1\r\nHost: here\r\n${fields}\r\n`;

/** A few of these are more than a connection takes that nobody reads. */
const LARGE = 'x'.repeat(20_000);
/** More than a connection holds that nobody reads. */
const HUGE = 'x'.repeat(20_000_000);
export const HUGE_BYTES = HUGE.length + 2;
const RENDERED: Readonly<Record<string, string>> = { '/large': LARGE, '/huge': HUGE };

/** A client that says what it is told, byte for byte, and keeps what it hears. */
export class Client {
  private heard = '';
  readonly ended: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    this.listen();
    this.ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
  }

  static async to(server: Server): Promise<Client> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new Client(socket);
  }

  listen(): void {
    this.socket.on('data', (chunk: Buffer) => (this.heard += chunk.toString('latin1')));
  }

  say(...pieces: string[]): void {
    for (const piece of pieces) this.socket.write(piece, 'latin1');
  }

  /** Lets what was said be read by itself. */
  pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** What so many answers say, in the order in which they came. */
  async answers(count: number): Promise<string[]> {
    for (;;) {
      const found = this.heard.split(/(?=HTTP\/1\.1 \d\d\d )/).filter((answer) => answer.includes('\r\n\r\n'));
      if (found.length >= count || this.socket.destroyed) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** How much of the last of so many answers came, once it is as much as is awaited. */
  async lengthOf(count: number, awaited: number): Promise<number> {
    for (;;) {
      const { length } = (await this.contents(count))[count - 1] ?? '';
      if (length >= awaited || this.socket.destroyed) return length;
      await this.pause();
    }
  }

  /** The contents of all answers that came. */
  async contents(count: number): Promise<string[]> {
    return (await this.answers(count)).map((answer) => answer.slice(answer.indexOf('\r\n\r\n') + 4));
  }
}

/**
 * A server with answers ahead of it, and a client for whose connection `/hot` was learnt and written by Node once. `/large` and `/huge`
 * are learnt as they are asked for, `/slow` ends on `release`, and anything else is told back.
 */
export class ReadyServer {
  readonly fleet = new SimulatedFleet();
  /** What Node made objects of, and asked the answers for. */
  readonly seen: string[] = [];
  readonly server: Server;
  isOpen = true;
  release: () => void = () => {};
  process!: SimulatedProcess;
  client!: Client;
  private answers!: HotAnswers;
  readonly source: AnswerSource<{ amount: string }> = {
    ref: balances.ref({ address: 'a' }),
    render: ({ amount: value }) => value,
  };

  constructor() {
    this.server = createServer({ connectionsCheckingInterval: 50, keepAliveTimeout: 60_000 }, (request, response) => {
      void (async () => {
        const body = await text(request);
        if (request.url === '/slow') await new Promise<void>((resolve) => (this.release = resolve));
        const rendered = RENDERED[request.url!];
        if (request.url !== '/hot' && rendered === undefined)
          return response.end(`${request.method} ${request.url} ${body}`);
        await this.process.manager.getOrSet(this.source.ref, amount('made'));
        const learnt = rendered === undefined ? this.source : { ...this.source, render: () => rendered };
        this.answers.learn(request, learnt, { 'content-type': 'application/json' });
        response.setHeader('content-type', 'application/json').end('"made"');
      })();
    });
  }

  async start(): Promise<void> {
    this.process = await this.fleet.start();
    this.answers = new HotAnswers(this.process.hits, { maxBytes: 8 * HUGE_BYTES });
    const { answers, seen } = this;
    answers.answer = (request, response, otherwise) => {
      seen.push(`${request.method} ${request.url}`);
      HotAnswers.prototype.answer.call(answers, request, response, otherwise);
    };
    this.put(this.server);
    await this.listen();
    this.client = await Client.to(this.server);
    for (let time = 1; time <= 2; time += 1) {
      this.client.say(get('/hot'));
      await this.client.answers(time);
      await this.client.pause();
    }
    seen.length = 0;
  }

  /** Puts its answers ahead of a server. */
  put(server: Server): void {
    answerAhead(server, this.answers, () => this.isOpen);
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', () => resolve()));
  }

  async stop(): Promise<void> {
    this.client.socket.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.fleet.stop();
  }
}
