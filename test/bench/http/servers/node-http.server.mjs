/** The limit: one string and the headers that were told, with nothing looked at. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { serveHttp } from './serve-http.mjs';

serveHttp(async ({ bodies, headers }) => {
  const [body] = Object.values(bodies);
  const server = createServer((_request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
});
