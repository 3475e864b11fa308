import { connect, createServer } from 'node:net';

/**
 * A TCP proxy on 127.0.0.1 that can misbehave as networks do.
 *
 * @param {{ target: { host?: string, port: number } | string }} options where it leads: an address, or a URL; then
 *   `url` is the same URL by way of the proxy.
 */
export async function tcpProxy({ target }) {
  const proxy = new TcpProxy(target);
  await proxy.restore();
  return proxy;
}

class TcpProxy {
  host = '127.0.0.1';
  port = 0;
  #target;
  #url;
  #server;
  #links = new Set();
  #swallowing = false;
  #paused = false;
  #delayMs = 0;
  #delaysAfter = new Map();

  constructor(target) {
    this.#url = new URL(typeof target === 'string' ? target : `tcp://${target.host ?? '127.0.0.1'}:${target.port}`);
    if (!this.#url.port) throw new Error(`tcpProxy needs a port in ${this.#url.protocol}//${this.#url.host}`);
    this.#target = { host: this.#url.hostname, port: Number(this.#url.port) };
  }

  get url() {
    const url = new URL(this.#url);
    url.host = `${this.host}:${this.port}`;
    return url.href;
  }

  /** Leads new connections to another server. Those that stand stay; `cut()` ends them. */
  retarget({ host = '127.0.0.1', port }) {
    this.#target = { host, port };
  }

  /** How many connections stand now. */
  get connections() {
    return this.#links.size;
  }

  /** Breaks every connection with a reset. New ones are taken. */
  cut() {
    for (const link of this.#links) link.end();
  }

  /** Breaks every connection and refuses new ones, as when nothing listens, until `restore()`. */
  async refuse() {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** Takes connections again, on the same port. */
  async restore() {
    if (this.#server) return;
    const server = createServer((socket) => this.#accept(socket));
    await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.host, port: this.port }, resolve);
    });
    this.port = server.address().port;
    this.#server = server;
  }

  /** While on, connections stand and are taken, and what arrives from either side is lost for good. */
  blackhole(on = true) {
    this.#swallowing = on;
  }

  /** Holds what arrives, until `resume()` passes it on. */
  pause() {
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
    for (const link of this.#links) link.flush();
  }

  /**
   * Passes everything on so much later, in each direction.
   *
   * @param {number} delayMs
   * @param {{ after?: string }} options only on connections whose client has sent this text: `subscribe` is what it looks for
   */
  delay(delayMs, { after } = {}) {
    if (after === undefined) this.#delayMs = delayMs;
    else this.#delaysAfter.set(after.toLowerCase(), delayMs);
  }

  async close() {
    await this.refuse();
  }

  #accept(client) {
    const link = new Link(client, connect(this.#target), {
      swallowing: () => this.#swallowing,
      paused: () => this.#paused,
      delayMs: (said) =>
        Math.max(this.#delayMs, ...[...this.#delaysAfter].map(([text, ms]) => (said.has(text) ? ms : 0))),
    });
    this.#links.add(link);
    client.once('close', () => this.#links.delete(link));
  }
}

/** One connection: what arrives waits in a queue of its direction, so that order survives delays and pauses. */
class Link {
  #sockets;
  #queues;
  #faults;
  /** Which of the texts that the proxy looks for the client has sent. */
  #said = new Set();

  constructor(client, upstream, faults) {
    this.#sockets = [client, upstream];
    this.#faults = faults;
    this.#queues = [
      { to: upstream, chunks: [] },
      { to: client, chunks: [] },
    ];
    this.#carry(client, this.#queues[0]);
    this.#carry(upstream, this.#queues[1]);
  }

  end() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  flush() {
    for (const queue of this.#queues) this.#send(queue);
  }

  #carry(from, queue) {
    from.setNoDelay(true);
    from.on('error', () => this.end());
    from.on('close', () => this.#push(queue, undefined));
    from.on('data', (chunk) => {
      if (from === this.#sockets[0]) this.#listen(chunk);
      if (!this.#faults.swallowing()) this.#push(queue, chunk);
    });
  }

  #listen(chunk) {
    const text = chunk.toString('latin1').toLowerCase();
    if (text.includes('subscribe')) this.#said.add('subscribe');
  }

  /** No chunk means that the other side closed: this side hears of it after everything that was sent before. */
  #push(queue, chunk) {
    queue.chunks.push({ chunk, due: Date.now() + this.#faults.delayMs(this.#said) });
    this.#send(queue);
  }

  #send(queue) {
    clearTimeout(queue.timer);
    while (queue.chunks.length > 0 && !this.#faults.paused()) {
      const waitMs = queue.chunks[0].due - Date.now();
      if (waitMs > 0) {
        queue.timer = setTimeout(() => this.#send(queue), waitMs).unref();
        return;
      }
      const { chunk } = queue.chunks.shift();
      if (chunk) queue.to.write(chunk);
      else queue.to.end();
    }
  }
}
