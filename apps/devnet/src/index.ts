export {
  type Devnet,
  type DevnetChain,
  type DevnetInsight,
  type DevnetOptions,
  r3mesStateDir,
  startDevnet,
} from './devnet.js';
export { LENS_ABI, MARKET_ABI, NATIVE_TOKEN, PRICE_DECIMALS } from './chain/contract.abis.js';
export type { BridgeControl } from './bridge/bridge.control.js';
export type { DevnetToken } from './chain/chain.deployment.js';
export type { TokenKind } from './chain/token.catalog.js';
export type { DevnetWallet } from './chain/wallet.keys.js';
export type { ChainControl, Mined, TransferOrder } from './control/chain.control.js';
export { CONTROL_PATH, type ControlCommand, type ControlTargets } from './control/control.route.js';
export type { InsightControl } from './control/insight.control.js';
export type { InsightCounts, WalletCounts } from './insight/insight.counters.js';
export type { Fault, FaultKind, Moment } from './insight/insight.faults.js';
export { BLOCK_HEADER } from './insight/insight.server.js';
export * from './r3mes/index.js';
