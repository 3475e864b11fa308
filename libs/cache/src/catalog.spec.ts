import { Catalog, defineEntry } from './catalog.js';
import { createCache } from './create-cache.js';
import { durationMs } from './duration.js';

const stats = defineEntry<number>()('miner stats', 'miner:stats:{wallet}', {
  tags: ['user:{wallet}', 'miner:{wallet}'],
});
const height = defineEntry<number>()('block height', 'block:height');

describe('a catalog entry', () => {
  it('makes its key and its tags from its parameters', () => {
    const ref = stats.ref({ wallet: 'w1' }, { namespace: 'shop', tags: ['extra'] });
    expect(ref.key).toBe('shop:miner:stats:w1');
    expect(ref.tags).toEqual([
      'extra',
      'miner:w1',
      'user:w1',
      '@shop',
      'shop:',
      'shop:miner:',
      'shop:miner:stats:',
      '*',
    ]);
  });

  it.each(['', 'a:b', undefined])('refuses a parameter that would make another key: %j', (wallet) => {
    expect(() => stats.ref({ wallet: wallet as string })).toThrow(
      /parameter \{wallet\} must be a non-empty string without ":"/,
    );
  });

  it('refuses a tag of a parameter that its key does not have, and options out of range', () => {
    expect(() => defineEntry()('x', 'x:{a}', { tags: ['y:{b}'] })).toThrow(/\{b\} is not part of its key/);
    expect(() => defineEntry()('x', 'x', { jitter: 0.9 })).toThrow(/jitter is 0.9, it must be 0 to 0.5/);
    expect(() => defineEntry()('x', 'x', { fresh: '5 minutes' as never })).toThrow(/like '250ms', '30s'/);
  });
});

describe('a catalog', () => {
  it('finds the row of a plain key, and gives any other key a row of its own', () => {
    const catalog = new Catalog([stats, height]);
    expect(catalog.refOf('miner:stats:w1').entry).toBe(stats);
    expect(catalog.refOf('block:height').entry).toBe(height);
    expect(catalog.refOf('miner:stats:w1:x').entry.name).toBe('(ad hoc)');
  });

  it('refuses two rows of one name or one key', () => {
    expect(() => new Catalog([stats, defineEntry()('miner stats', 'other')])).toThrow(
      /two entries are named "miner stats"/,
    );
    expect(() => new Catalog([stats, defineEntry()('other', 'miner:stats:{id}')])).toThrow(/another entry has the key/);
  });

  it('takes overrides of rows that it has, and of no others', async () => {
    const catalog = new Catalog([stats]);
    expect(() => createCache({ catalog, overrides: { 'miner stat': { fresh: '1s' } } })).toThrow(
      /no entry "miner stat" to override: the entries are miner stats/,
    );
    const cache = createCache({ catalog, overrides: { 'miner stats': { fresh: '1s', jitter: 0 } } });
    await cache.manager.getOrSet(stats.ref({ wallet: 'w' }), () => 1);
    expect(await cache.manager.ttl(stats.ref({ wallet: 'w' }))).toBeLessThanOrEqual(1_000);
    await cache.close();
  });
});

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    [12, 12],
  ] as const)('%s is %d ms', (duration, expected) => {
    expect(durationMs(duration)).toBe(expected);
  });

  it.each(['', '5', '5 s', '-1s', 'abc', NaN, -1, Infinity])('%s is none', (duration) => {
    expect(() => durationMs(duration as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
