import { consensusLimits } from './chain.ledger.js';
import type { StoredBlock } from './stored.block.js';
import type { ChainNode } from './chain.node.js';
import type { RpcMethods } from './rpc.method.js';
import { sha256 } from './merkle.tree.js';
import { publicKeyJson, type Validator } from './validator.set.js';

/** Version of CometBFT whose answers these are. */
export const cometVersion = '0.38.19';
const channels = '40202122233038606100';

export const consensusParams = {
  block: { max_bytes: consensusLimits.maxBytes.toString(), max_gas: consensusLimits.maxGas.toString() },
  evidence: { max_age_num_blocks: '100000', max_age_duration: '172800000000000', max_bytes: '1048576' },
  validator: { pub_key_types: ['ed25519'] },
  version: { app: '0' },
  abci: { vote_extensions_enable_height: '0' },
};

/** A node's id is 20 bytes of hex and stays with its chain. */
export function nodeId(node: ChainNode): string {
  const { chainId, genesisTime } = node.ledger.options.origin;
  return sha256(Buffer.from(`${chainId}/${genesisTime}`, 'utf8'))
    .subarray(0, 20)
    .toString('hex');
}

/** What the node says about itself and its chain. */
export function nodeMethods(node: ChainNode, rpcAddress: () => string): RpcMethods {
  const { origin, validators } = node.ledger.options;
  return {
    health: { params: [], run: () => ({}) },
    status: {
      params: [],
      run: () => ({
        node_info: {
          protocol_version: { p2p: '8', block: '11', app: '1' },
          id: nodeId(node),
          listen_addr: 'tcp://127.0.0.1:26656',
          network: origin.chainId,
          version: cometVersion,
          channels,
          moniker: 'chaincache-devnet',
          other: { tx_index: 'on', rpc_address: rpcAddress() },
        },
        sync_info: {
          ...syncPoint('latest', node.head),
          ...syncPoint('earliest', node.ledger.at(node.ledger.base)!),
          catching_up: node.height < node.ledger.height,
        },
        validator_info: validatorJson(validators.validators[0]!),
      }),
    },
    abci_info: {
      params: [],
      run: () => ({
        response: {
          data: 'remes',
          version: '0.1.0',
          app_version: '1',
          last_block_height: String(node.height),
          last_block_app_hash: Buffer.from(node.head.appHash, 'hex').toString('base64'),
        },
      }),
    },
    genesis: {
      params: [],
      run: () => ({
        genesis: {
          genesis_time: origin.genesisTime,
          chain_id: origin.chainId,
          initial_height: '1',
          consensus_params: consensusParams,
          validators: validators.validators.map((validator) => ({
            address: validator.address,
            pub_key: publicKeyJson(validator),
            power: validator.votingPower.toString(),
            name: validator.moniker,
          })),
          app_hash: '',
        },
      }),
    },
    net_info: { params: [], run: () => ({ listening: true, listeners: ['Listener(@)'], n_peers: '0', peers: [] }) },
  };
}

export function validatorJson(validator: Validator): object {
  return {
    address: validator.address,
    pub_key: publicKeyJson(validator),
    voting_power: validator.votingPower.toString(),
  };
}

function syncPoint(which: 'latest' | 'earliest', { block, block_id }: StoredBlock): object {
  return {
    [`${which}_block_hash`]: block_id.hash,
    [`${which}_app_hash`]: block.header.app_hash,
    [`${which}_block_height`]: block.header.height,
    [`${which}_block_time`]: block.header.time,
  };
}
