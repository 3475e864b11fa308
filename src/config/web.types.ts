import { z } from 'zod';
import { list } from './variable.types.js';

const refuse = { error: 'not accepted' };

/** https, or plain http on localhost: thirdweb's SDK takes a host and chooses the protocol by its name. */
export const bridgeUrl = z
  .string()
  .regex(/^(https:\/\/[^/?#]+|http:\/\/localhost(:\d{1,5})?)\/?$/, refuse)
  .transform((value) => value.replace(/\/$/, ''));

/** `*`, or origins as browsers send them: protocol, host and port, nothing behind. */
export const corsOrigins = z.union([
  z.literal('*'),
  list.refine(
    (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    refuse,
  ),
]);

export type CorsOrigins = z.output<typeof corsOrigins>;
