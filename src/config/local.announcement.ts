import type { LocalDevnet, LocalR3mesChain } from './devnet.package.js';

/** What a person is told of a local EVM upstream. */
export function announceEvm({ insight, chains, wallets }: LocalDevnet): string[] {
  return [
    'No EVM upstream is configured: a local devnet was started. Its keys are worth nothing anywhere else.',
    ...chains.map(({ chainId, rpcUrl, wsUrl }) => `  chain    ${chainId}  ${rpcUrl}  ${wsUrl}`),
    `  insight  ${insight.url}`,
    ...wallets.map(
      ({ name, address, privateKey, holds }) => `  wallet   ${address}  ${name}: ${holds}; key ${privateKey}`,
    ),
  ];
}

/** Wallets to try on a local R3MES chain. Nobody has their keys. */
export interface R3mesWallets {
  readonly miner: string;
  /** Undefined where the database is not the local one, which is filled with users. */
  readonly user: string | undefined;
}

/** What a person is told of a local R3MES chain. */
export function announceR3mes({ chainId, rpcUrl, apiUrl }: LocalR3mesChain, { miner, user }: R3mesWallets): string[] {
  return [
    'No R3MES chain is configured: a local one was started.',
    `  chain    ${chainId}  ${rpcUrl}`,
    `  api      ${apiUrl}`,
    `  wallet   ${miner}  miner: mines blocks${user === undefined ? '' : ', has credits and 90 days of history'}`,
    ...(user === undefined ? [] : [`  wallet   ${user}  user: has credits`]),
  ];
}
