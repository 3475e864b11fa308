export { viemAccount } from './viem.account.js';
