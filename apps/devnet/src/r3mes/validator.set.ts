import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { nanosOfTime } from './block.encoding.js';
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

interface Turn {
  readonly proposer: Validator;
  /** Everyone's priority after the turn. */
  readonly priorities: readonly bigint[];
}

/** Validators in CometBFT's order: most voting power first, then by address. They take turns in proportion to it. */
export class ValidatorSet {
  readonly validators: readonly Validator[];
  readonly hash: string;
  private readonly totalPower: bigint;
  private readonly turns: readonly Turn[];

  constructor(validators: readonly Validator[]) {
    this.validators = [...validators].sort(
      (one, other) => Number(other.votingPower - one.votingPower) || (one.address < other.address ? -1 : 1),
    );
    this.hash = validatorsHash(this.validators);
    this.totalPower = this.validators.reduce((sum, validator) => sum + validator.votingPower, 0n);
    this.turns = this.fullCycle();
  }

  /** Whose turn it is at a height from 1, and the priorities that follow from it. */
  turn(height: bigint): Turn {
    return this.turns[Number((height - 1n) % this.totalPower)]!;
  }

  /**
   * Each turn everyone gains their power, and who then leads proposes and pays the total; after as many turns as there
   * is power it begins anew. Source: CometBFT's spec, proposer-selection.
   */
  private fullCycle(): Turn[] {
    const turns: Turn[] = [];
    let priorities = this.validators.map(() => 0n);
    for (let turn = 0n; turn < this.totalPower; turn += 1n) {
      priorities = priorities.map((priority, index) => priority + this.validators[index]!.votingPower);
      const highest = priorities.reduce((high, priority) => (priority > high ? priority : high));
      const leader = priorities.indexOf(highest);
      priorities[leader] = highest - this.totalPower;
      turns.push({ proposer: this.validators[leader]!, priorities: [...priorities] });
    }
    return turns;
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
      .sort((one, other) => Number(nanosOfTime(one.time) - nanosOfTime(other.time)));
    let left = this.totalPower / 2n;
    for (const vote of votes) {
      if (left <= vote.power) return vote.time;
      left -= vote.power;
    }
    throw new RangeError('A commit without signatures has no time.');
  }
}
