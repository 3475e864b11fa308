import { type DestinationStream, type Logger, pino } from 'pino';
import { clientContext } from '../source/client.context.js';

/** JSON lines on stdout, each with the id of the request it happened in. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => {
      const context = clientContext.getStore();
      return context === undefined ? {} : { requestId: context.requestId };
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
