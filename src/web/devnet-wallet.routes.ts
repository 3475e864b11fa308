import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const TIMEOUT_MS = 30_000;
const LOCAL_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * The devnet's browser wallet, by way of this server, for the page may talk to nobody else. It signs for whoever asks,
 * with keys that are worth nothing: it answers only requests that name this machine, as JSON, which a foreign page
 * cannot send without asking first.
 */
export function serveDevnetWallet(fastify: FastifyInstance, url: string): void {
  fastify.get('/devnet-wallet.js', async (request, reply) => forward(request, reply, `${url}/provider.js`));
  fastify.post('/devnet-wallet/rpc', async (request, reply) => {
    const { origin, host } = request.headers;
    if (origin !== undefined && origin !== `http://${host}`) return refuse(reply);
    return forward(request, reply, `${url}/rpc`, JSON.stringify(request.body));
  });
}

async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  url: string,
  body?: string,
): Promise<FastifyReply> {
  if (!LOCAL_HOST.test(request.headers.host ?? '')) return refuse(reply);
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return reply
    .status(response.status)
    .header('cache-control', 'no-store')
    .type(response.headers.get('content-type') ?? 'application/json')
    .send(Buffer.from(await response.arrayBuffer()));
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.status(403).send({ error: 'The devnet’s wallet answers only pages of this machine.' });
}
