/** Another instance of the application: it shares the Redis, and invalidates keys that nobody else reads. */
import { openOurs } from '../ours.mjs';
import { options, serve } from '../process.mjs';

const EVERY_MS = 50;

serve({
  async open() {
    const { cache } = await openOurs(options);
    let turn = 0;
    setInterval(() => {
      cache.invalidator.invalidateKey(`other:${process.pid}:${(turn += 1)}`).catch(() => {});
    }, EVERY_MS);
  },
});
