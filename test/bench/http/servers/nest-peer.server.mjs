/** A Nest handler that reads through one of the peers. */
import { openPeer } from '../../peers.mjs';
import { options } from '../../process.mjs';
import { listenNest, valuesOf } from './nest.application.mjs';
import { serveHttp } from './serve-http.mjs';

const { peer, tiers, redisUrl } = options;

serveHttp(async ({ bodies, headers }) => {
  const values = valuesOf(bodies);
  const { read } = await openPeer(peer, { tiers, redisUrl });
  return listenNest({
    headers,
    answer: (address) => read(`tokens:${address}`, undefined, async () => values.get(address)),
  });
});
