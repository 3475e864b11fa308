/** The limit of an answer from Redis: one GET for each request, whose bytes are sent as they are. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Redis } from 'ioredis6';
import { options } from '../../process.mjs';
import { serveHttp } from './serve-http.mjs';

const redis = new Redis(options.redisUrl);

serveHttp(async ({ bodies, headers }) => {
  for (const [address, body] of Object.entries(bodies)) await redis.set(address, body);
  const server = createServer((request, response) => {
    void answer(addressOf(request.url), headers, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
});

const addressOf = (url) => url.slice('/api/tokens/'.length, url.indexOf('?'));

async function answer(address, headers, response) {
  const bytes = await redis.getBuffer(address);
  response.writeHead(200, { ...headers, 'content-length': bytes.length });
  response.end(bytes);
}
