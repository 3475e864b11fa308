import type { StoredBlock } from './stored.block.js';
import type { ChainNode } from './chain.node.js';
import type { BlockId, Commit, Header } from './cometbft.types.js';
import { cometVersion, nodeId } from './node.methods.js';
import { operatorAddress } from './wallet.derivation.js';

const tokensPerPower = 1_000_000n;

/** A block as the SDK's gateway prints it: hashes and addresses in base64 instead of hex. */
export function blockWithBase64({ block, block_id }: StoredBlock): object {
  const header = headerInBase64(block.header);
  const plain = { ...block, header, last_commit: commitInBase64(block.last_commit) };
  return { block_id: blockIdInBase64(block_id), block: plain, sdk_block: plain };
}

export function nodeInfo(node: ChainNode): object {
  return {
    default_node_info: {
      protocol_version: { p2p: '8', block: '11', app: '1' },
      default_node_id: nodeId(node),
      listen_addr: 'tcp://127.0.0.1:26656',
      network: node.ledger.options.origin.chainId,
      version: cometVersion,
      channels: 'QCAhIiMwOGBhAA==',
      moniker: 'chaincache-devnet',
      other: { tx_index: 'on', rpc_address: 'tcp://127.0.0.1:26657' },
    },
    application_version: { name: 'remes', app_name: 'remesd', version: '0.1.0', cosmos_sdk_version: 'v0.50.9' },
  };
}

export function stakingValidators(node: ChainNode): object {
  const validators = node.ledger.options.validators.validators.map((validator) => {
    const tokens = (validator.votingPower * tokensPerPower).toString();
    return {
      operator_address: operatorAddress(validator.address),
      consensus_pubkey: { '@type': '/cosmos.crypto.ed25519.PubKey', key: validator.publicKey.toString('base64') },
      jailed: false,
      status: 'BOND_STATUS_BONDED',
      tokens,
      delegator_shares: `${tokens}.000000000000000000`,
      description: { moniker: validator.moniker, identity: '', website: '', security_contact: '', details: '' },
      unbonding_height: '0',
      unbonding_time: '1970-01-01T00:00:00Z',
      commission: {
        commission_rates: {
          rate: '0.100000000000000000',
          max_rate: '0.200000000000000000',
          max_change_rate: '0.010000000000000000',
        },
        update_time: node.ledger.options.origin.genesisTime,
      },
      min_self_delegation: '1',
      unbonding_on_hold_ref_count: '0',
      unbonding_ids: [],
    };
  });
  return { validators, pagination: { next_key: null, total: String(validators.length) } };
}

export function stakingPool(node: ChainNode): object {
  const power = node.ledger.options.validators.validators.reduce((sum, validator) => sum + validator.votingPower, 0n);
  return { pool: { not_bonded_tokens: '0', bonded_tokens: (power * tokensPerPower).toString() } };
}

function base64(hexText: string): string {
  return Buffer.from(hexText, 'hex').toString('base64');
}

function blockIdInBase64(id: BlockId): object {
  return { hash: base64(id.hash), part_set_header: { total: id.parts.total, hash: base64(id.parts.hash) } };
}

function headerInBase64(header: Header): object {
  return {
    ...header,
    last_block_id: blockIdInBase64(header.last_block_id),
    last_commit_hash: base64(header.last_commit_hash),
    data_hash: base64(header.data_hash),
    validators_hash: base64(header.validators_hash),
    next_validators_hash: base64(header.next_validators_hash),
    consensus_hash: base64(header.consensus_hash),
    app_hash: base64(header.app_hash),
    last_results_hash: base64(header.last_results_hash),
    evidence_hash: base64(header.evidence_hash),
    proposer_address: base64(header.proposer_address),
  };
}

function commitInBase64(commit: Commit): object {
  return {
    ...commit,
    block_id: blockIdInBase64(commit.block_id),
    signatures: commit.signatures.map((signature) => ({
      ...signature,
      block_id_flag: 'BLOCK_ID_FLAG_COMMIT',
      validator_address: base64(signature.validator_address),
    })),
  };
}
