export { type ChainStanding, ChainStatus } from './chain.status.js';
export { SeenTransfers } from './seen.transfers.js';
