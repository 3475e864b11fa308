/** Fastify with one route that answers the string and the headers that were told. */
import Fastify from 'fastify';
import { serveHttp } from './serve-http.mjs';

serveHttp(({ bodies, headers }) => {
  const [body] = Object.values(bodies);
  const fastify = Fastify();
  fastify.get('/api/tokens/:address', (_request, reply) => {
    void reply.headers(headers).send(body);
  });
  return fastify.listen({ port: 0, host: '127.0.0.1' });
});
