import { readFileSync } from 'node:fs';
import { Pace } from '../../pace.mjs';
import { processorMs } from '../../processor-time.mjs';
import { serve } from '../../process.mjs';

const NOTED_EVERY_MS = 5;

let pace;
let timer;
let bytesBefore;

/**
 * What every server of a contestant answers: `listen` gives its address, `processorMs` the processor time that it has used so
 * far. Between `beginPace` and `endPace` it looks at what the loopback carries: as many bytes for each answer, what they take
 * from Redis included. A server need not count for that.
 */
export function serveHttp(listen) {
  serve({
    listen,
    processorMs,

    beginPace() {
      bytesBefore = loopbackBytes();
      pace = new Pace();
      timer = setInterval(() => pace.note(loopbackBytes() - bytesBefore), NOTED_EVERY_MS);
    },

    /** @returns the bytes in all, and how many a second: see `Pace` */
    endPace() {
      clearInterval(timer);
      const bytes = loopbackBytes() - bytesBefore;
      return { bytes, ...pace.end(bytes) };
    },
  });
}

function loopbackBytes() {
  return Number(/^\s*lo:\s*(\d+)/m.exec(readFileSync('/proc/net/dev', 'latin1'))[1]);
}
