/** A Nest handler that reads through one of the peers. */
import { openPeer } from '../../peers.mjs';
import { options, serve } from '../../process.mjs';
import { listenNest, valuesOf } from './nest.application.mjs';

const { peer, tiers, redisUrl } = options;

serve({
  async listen({ bodies }) {
    const values = valuesOf(bodies);
    const { read } = await openPeer(peer, { tiers, redisUrl });
    return listenNest({
      answer: (address) => read(`tokens:${address}`, undefined, async () => values.get(address)),
    });
  },
});
