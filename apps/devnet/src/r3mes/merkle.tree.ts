import { createHash } from 'node:crypto';

export interface MerkleProof {
  readonly leafHash: Buffer;
  /** The siblings from the leaf up to the root. */
  readonly aunts: readonly Buffer[];
}

export function sha256(...chunks: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
}

/** The root of RFC 6962's tree: leaves and inner nodes are hashed apart, and the root of nothing is the hash of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leafHash(leaves[0]!);
  const split = splitPoint(leaves.length);
  return innerHash(merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

/** What it takes to show that leaf `index` is under the root. */
export function merkleProof(leaves: readonly Uint8Array[], index: number): MerkleProof {
  const leaf = leaves[index];
  if (leaf === undefined) throw new RangeError(`The tree has ${leaves.length} leaves, no leaf ${index}.`);
  if (leaves.length === 1) return { leafHash: leafHash(leaf), aunts: [] };
  const split = splitPoint(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  const [below, aunt] =
    index < split
      ? [merkleProof(left, index), merkleRoot(right)]
      : [merkleProof(right, index - split), merkleRoot(left)];
  return { leafHash: below.leafHash, aunts: [...below.aunts, aunt] };
}

function leafHash(leaf: Uint8Array): Buffer {
  return sha256(Buffer.of(0), leaf);
}

function innerHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.of(1), left, right);
}

/** The largest power of two below the size. */
function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
