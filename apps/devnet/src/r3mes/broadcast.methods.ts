import type { ChainNode } from './chain.node.js';
import type { TxResult } from './cometbft.types.js';
import { internalError } from './rpc.errors.js';
import type { RpcMethods } from './rpc.method.js';
import { requiredBytes, type RpcParams } from './rpc.params.js';

/** How long `broadcast_tx_commit` waits for a block. Source: timeout_broadcast_tx_commit of CometBFT. */
const commitTimeoutMs = 10_000;

/** The three ways to hand in a transaction: without waiting, once it was checked, once it is in a block. */
export function broadcastMethods(node: ChainNode): RpcMethods {
  const submit = (params: RpcParams): { hash: string; check: TxResult } => {
    try {
      return node.ledger.submit(requiredBytes(params, 'tx').toString('base64'));
    } catch (error) {
      throw internalError((error as Error).message);
    }
  };
  return {
    broadcast_tx_async: {
      params: ['tx'],
      run: (params) => ({ code: 0, data: '', log: '', codespace: '', hash: submit(params).hash }),
    },
    broadcast_tx_sync: {
      params: ['tx'],
      run: (params) => {
        const { hash, check } = submit(params);
        return { code: check.code, data: '', log: check.log, codespace: check.codespace, hash };
      },
    },
    broadcast_tx_commit: { params: ['tx'], run: (params) => commit(node, submit(params)) },
  };
}

async function commit(node: ChainNode, { hash, check }: { hash: string; check: TxResult }): Promise<object> {
  // A checked transaction has no events yet: they come from its execution in a block.
  const check_tx = { ...check, events: [], gas_used: '0' };
  if (check.code !== 0) return { check_tx, tx_result: emptyResult, hash, height: '0' };
  await blockWith(node, hash);
  const { height, index } = node.ledger.findTx(hash)!;
  return { check_tx, tx_result: node.ledger.at(height)!.results[index], hash, height: String(height) };
}

const emptyResult: TxResult = {
  code: 0,
  data: null,
  log: '',
  info: '',
  gas_wanted: '0',
  gas_used: '0',
  events: [],
  codespace: '',
};

function blockWith(node: ChainNode, hash: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stopListening();
      reject(internalError('timed out waiting for tx to be included in a block'));
    }, commitTimeoutMs);
    timer.unref();
    const stopListening = node.onBlock(() => {
      if (node.ledger.findTx(hash) === undefined) return;
      clearTimeout(timer);
      stopListening();
      resolve();
    });
  });
}
