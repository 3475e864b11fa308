import { serve } from '../../process.mjs';

/** What every server of a contestant answers: `listen` gives its address, `cpuUs` the CPU time that it has used so far. */
export function serveHttp(listen) {
  serve({
    listen,
    cpuUs() {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
  });
}
