export { redisTier } from './redis-tier.js';
export type { RedisTier } from './redis-tier.js';
export type { HostAndPort, RedisTierOptions } from './connection.options.js';
export type { SweepOptions, SweepReport } from './sweep.js';
