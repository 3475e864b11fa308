/** What Node's sockets allow: one text written for each piece that comes, with nothing read of it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { serveHttp } from './serve-http.mjs';

serveHttp(async ({ bodies, headers }) => {
  const [body] = Object.values(bodies);
  const head = { ...headers, date: new Date().toUTCString(), connection: 'keep-alive', 'content-length': body.length };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `HTTP/1.1 200 OK\r\n${lines.join('')}\r\n${body}`;
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(text, 'latin1'));
    socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
});
