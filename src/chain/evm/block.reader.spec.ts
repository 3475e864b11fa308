import { type Ask, ChainMovedError, headOf, readBlock, readHead } from './block.reader.js';

const word = (end: string): string => `0x${end.padStart(64, '0')}`;
const head = { number: 255, hash: word('a1'), parentHash: word('a0') };
const raw = { number: '0xff', hash: word('A1'), parentHash: word('A0'), gasUsed: '0x0' };
const [from, to] = ['1'.repeat(40), 'Ab'.repeat(20)];
const log = (topics: readonly unknown[], address: unknown = `0x${'C'.repeat(40)}`) => ({ address, topics, data: '0x' });
const answering =
  (answer: unknown): Ask =>
  <Result>() =>
    Promise.resolve(answer as Result);

describe('what a node says of a block', () => {
  it('is taken in one form, whatever the case of its hex', () => {
    expect(headOf(raw)).toEqual(head);
  });

  it.each([
    ['nothing', null],
    ['no number', { ...raw, number: undefined }],
    ['a number beyond all blocks', { ...raw, number: `0x${'f'.repeat(16)}` }],
    ['a short hash', { ...raw, hash: '0xa1' }],
    ['a parent that is no hash', { ...raw, parentHash: 7 }],
  ])('is refused when it has %s', (_what, broken) => {
    expect(() => headOf(broken)).toThrow('unknown shape');
  });

  it('is to be asked again when the node does not have it', async () => {
    await expect(readHead(answering(null), 5)).rejects.toThrow(ChainMovedError);
    await expect(readBlock(answering(null), head)).rejects.toThrow(ChainMovedError);
  });

  it('gives the ERC-20 transfers alone: no token ids, no malformed logs', async () => {
    const topic = word('dd');
    const logs = [
      log([topic, word(from), word(to)]),
      log([topic, word(from), word(to), word('7')]),
      log([topic, word(from)]),
      log([topic, 'from', word(to)]),
      log([topic, word(from), word(to)], '0x12'),
      null,
    ];
    expect(await readBlock(answering(logs), head)).toEqual({
      ...head,
      transfers: [{ token: `0x${'c'.repeat(40)}`, from: `0x${from}`, to: `0x${to.toLowerCase()}` }],
    });
  });
});
