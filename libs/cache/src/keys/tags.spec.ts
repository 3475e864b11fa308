import { ALL, checkKey, checkNamespace, checkTag, prefixesOf, tagOfPattern, tagsOf } from './tags.js';

describe('tags of an entry', () => {
  it('are its own, its namespace, every prefix of its key, and the one of all', () => {
    expect(tagsOf('shop:miner:stats:w', ['user:w', 'miner:w'], 'shop')).toEqual([
      'miner:w',
      'user:w',
      '@shop',
      'shop:',
      'shop:miner:',
      'shop:miner:stats:',
      ALL,
    ]);
  });

  it('have one order, whatever order they are given in, and no repeats', () => {
    expect(tagsOf('k', ['b', 'a', 'b'], undefined)).toEqual(tagsOf('k', ['a', 'b'], undefined));
  });

  it('are twelve at most', () => {
    const own = (count: number) => Array.from({ length: count }, (_none, index) => `tag${index}`);
    expect(tagsOf('a:b', own(10), undefined)).toHaveLength(12);
    expect(() => tagsOf('a:b', own(11), undefined)).toThrow(/13 tags, the most is 12/);
  });

  it.each(['', '@shop', '*', '*x', 'miner:', 'x'.repeat(513)])('cannot be taken for an implicit one: %j', (tag) => {
    expect(() => checkTag(tag)).toThrow(expect.objectContaining({ code: 'INVALID_TAG' }));
  });
});

describe('keys and namespaces', () => {
  it.each(['', '_v:x', '_l:x', '{p1}x', ':x', '@x', '*', 'x'.repeat(513)])('a key is refused: %j', (key) => {
    expect(() => checkKey(key)).toThrow(expect.objectContaining({ code: 'INVALID_KEY' }));
  });

  it.each(['', 'a:b', '{a}', '-a', 'a b', 'ü', 'x'.repeat(65)])('a namespace is refused: %j', (namespace) => {
    expect(() => checkNamespace(namespace)).toThrow(expect.objectContaining({ code: 'INVALID_KEY' }));
  });
});

describe('patterns', () => {
  it.each([
    ['miner:stats:*', 'miner:stats:'],
    ['miner:*', 'miner:'],
    ['miner:st*', 'miner:'],
    ['tokens:0x?bc', 'tokens:'],
    ['user:info:[ab]*', 'user:info:'],
    ['user:\\*', 'user:'],
  ])('%s is widened to the prefix %s', (pattern, prefix) => {
    expect(tagOfPattern(pattern)).toBe(prefix);
    expect(prefixesOf(`${prefix}x`)).toContain(prefix);
  });

  it.each(['*', '*:stats', '?', 'tok*'])('%s has no literal prefix and is refused with what to write', (pattern) => {
    expect(() => tagOfPattern(pattern)).toThrow(/write one, like "miner:stats:\*"/);
  });

  it('without a wildcard is a key', () => {
    expect(tagOfPattern('user:info:w')).toBeNull();
  });
});
