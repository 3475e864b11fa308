export { startR3mesChain, defaultChainId, type R3mesChain, type R3mesChainOptions } from './r3mes.chain.js';
export type { R3mesControl } from './r3mes.control.js';
export type { ChainFaults } from './chain.node.js';
export { encodeTx, type TxMessage } from './tx.execution.js';
export { devnetWallet as devnetR3mesWallet } from './wallet.derivation.js';
