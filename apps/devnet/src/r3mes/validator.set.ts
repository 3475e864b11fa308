import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { precommitSignBytes, upperHex, validatorsHash } from './block.hashing.js';
import { sha256 } from './merkle.tree.js';
import type { BlockId, Commit, CommitSignature, PublicKey } from './cometbft.types.js';

/** PKCS #8 in front of a raw ed25519 seed (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiPrefixBytes = 12;

export interface Validator {
  readonly moniker: string;
  /** Upper-case hex of the first 20 bytes of the public key's SHA-256. */
  readonly address: string;
  readonly publicKey: Buffer;
  readonly votingPower: bigint;
  readonly privateKey: KeyObject;
}

/** A validator whose key follows from a secret seed and its number. */
export function validatorFromSeed(seed: string, index: number, votingPower: bigint): Validator {
  const secret = sha256(Buffer.from(`${seed}/validator/${index}`, 'utf8'));
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spkiPrefixBytes);
  const address = upperHex(sha256(publicKey).subarray(0, 20));
  return { moniker: `validator-${index + 1}`, address, publicKey, votingPower, privateKey };
}

export function publicKeyJson(validator: Validator): PublicKey {
  return { type: 'tendermint/PubKeyEd25519', value: validator.publicKey.toString('base64') };
}

/** Validators in CometBFT's order: most voting power first, then by address. They take turns in proportion to it. */
export class ValidatorSet {
  readonly validators: readonly Validator[];
  readonly hash: string;
  private readonly totalPower: bigint;

  constructor(validators: readonly Validator[]) {
    this.validators = [...validators].sort(
      (one, other) => Number(other.votingPower - one.votingPower) || (one.address < other.address ? -1 : 1),
    );
    this.hash = validatorsHash(this.validators);
    this.totalPower = this.validators.reduce((sum, validator) => sum + validator.votingPower, 0n);
  }

  /**
   * Priorities after `turns` turns. Each turn everyone gains its power, and who then leads proposes and pays the total:
   * a cycle of `total power` turns. Source: CometBFT's spec, proposer-selection.
   */
  priorities(turns: bigint): readonly bigint[] {
    return this.run(turns).priorities;
  }

  proposer(height: bigint): Validator {
    const turns = ((height - 1n) % this.totalPower) + 1n;
    return this.validators[this.run(turns).leader]!;
  }

  private run(turns: bigint): { priorities: bigint[]; leader: number } {
    const priorities = this.validators.map(() => 0n);
    let leader = 0;
    for (let turn = 0n; turn < turns % this.totalPower || (turn === 0n && turns > 0n); turn += 1n) {
      this.validators.forEach((validator, index) => (priorities[index]! += validator.votingPower));
      leader = priorities.indexOf(priorities.reduce((high, priority) => (priority > high ? priority : high)));
      priorities[leader]! -= this.totalPower;
    }
    return { priorities, leader };
  }

  /** Everyone's signed precommit for a block, each at its own time. */
  signCommit(chainId: string, height: string, blockId: BlockId, timestamps: readonly string[]): Commit {
    const signatures = this.validators.map((validator, index): CommitSignature => {
      const timestamp = timestamps[index]!;
      const bytes = precommitSignBytes({ chainId, height, round: 0, blockId, timestamp });
      return {
        block_id_flag: 2,
        validator_address: validator.address,
        timestamp,
        signature: sign(null, bytes, validator.privateKey).toString('base64'),
      };
    });
    return { height, round: 0, block_id: blockId, signatures };
  }

  /** The median of a commit's times weighted by voting power: the time of the block that carries it. */
  medianTime(commit: Commit): string {
    const votes = commit.signatures
      .map((signature, index) => ({ time: signature.timestamp, power: this.validators[index]!.votingPower }))
      .sort((one, other) => (one.time < other.time ? -1 : 1));
    let left = this.totalPower / 2n;
    for (const vote of votes) {
      if (left <= vote.power) return vote.time;
      left -= vote.power;
    }
    throw new RangeError('A commit without signatures has no time.');
  }
}
