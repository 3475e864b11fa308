import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in front of an HTTP upstream and notes what was asked when. WebSockets are refused. */
export interface CountingProxy {
  readonly url: string;
  /** When each request came, by JSON-RPC method, or by path. */
  readonly calls: ReadonlyMap<string, readonly number[]>;
  stop(): Promise<void>;
}

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const calls = new Map<string, number[]>();
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const name = /"method":"(\w+)"/.exec(body.toString())?.[1] ?? incoming.url!;
      calls.set(name, [...(calls.get(name) ?? []), performance.now()]);
      const { host: _host, ...headers } = incoming.headers;
      const upstream = request(new URL(incoming.url!, target), { method: incoming.method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      upstream.on('error', () => outgoing.destroy());
      upstream.end(body);
    });
  });
  server.on('upgrade', (_request, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
