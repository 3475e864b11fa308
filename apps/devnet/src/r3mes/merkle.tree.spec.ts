import { merkleProof, merkleRoot, sha256 } from './merkle.tree.js';

const leaves = (count: number): Buffer[] => Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${index}`));

/** The root by RFC 6962's definition for five leaves, written out. */
function rootOfFive([a, b, c, d, e]: Buffer[]): Buffer {
  const leaf = (data: Buffer): Buffer => sha256(Buffer.of(0), data);
  const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);
  return node(node(node(leaf(a!), leaf(b!)), node(leaf(c!), leaf(d!))), leaf(e!));
}

it('the left half is the largest power of two below the size', () => {
  expect(merkleRoot(leaves(5))).toEqual(rootOfFive(leaves(5)));
});

it('a proof leads from its leaf to the root, for each leaf of trees of 1 to 9', () => {
  for (let size = 1; size <= 9; size += 1) {
    const all = leaves(size);
    all.forEach((_, index) => expect(climb(merkleProof(all, index), index, size)).toEqual(merkleRoot(all)));
  }
  expect(() => merkleProof(leaves(2), 2)).toThrow(RangeError);
});

/** From the leaf's hash up, with the topmost sibling last. */
function climb({ leafHash, aunts }: ReturnType<typeof merkleProof>, index: number, size: number): Buffer {
  const aunt = aunts.at(-1);
  if (aunt === undefined) return leafHash;
  let split = 1;
  while (split * 2 < size) split *= 2;
  const below = { leafHash, aunts: aunts.slice(0, -1) };
  if (index < split) return sha256(Buffer.of(1), climb(below, index, split), aunt);
  return sha256(Buffer.of(1), aunt, climb(below, index - split, size - split));
}
