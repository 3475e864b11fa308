import { Catalog, type CatalogEntry } from '@chaincache/cache';
import { CATALOG_ENTRIES, ttlVariable } from './catalog.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const USER = ['user:{wallet}'];
const MINER = ['user:{wallet}', 'miner:{wallet}'];
const CHAIN = ['chain'];

describe('the catalog', () => {
  it.each<[string, string, number, number, number, readonly string[]]>([
    ['token balances', 'tokens:{address}', 300_000, HOUR, 5_000, ['wallet:{address}']],
    ['user info', 'user:info:{wallet}', 300_000, 10 * MINUTE, 5_000, USER],
    ['user credits', 'user:credits:{wallet}', 300_000, 0, 1_000, USER],
    ['miner stats', 'miner:stats:{wallet}', 60_000, 10 * MINUTE, 5_000, MINER],
    ['miner earnings', 'miner:earnings:{wallet}', 600_000, HOUR, 5_000, MINER],
    ['miner hashrate', 'miner:hashrate:{wallet}', 600_000, HOUR, 5_000, MINER],
    ['network stats', 'network:stats', 60_000, 10 * MINUTE, 5_000, CHAIN],
    ['block height', 'block:height', 10_000, MINUTE, 1_000, CHAIN],
    ['recent blocks', 'block:recent', 30_000, MINUTE, 1_000, CHAIN],
    ['API key', 'api:key:{sha256}', HOUR, 0, 0, []],
  ])('keeps %s under %s', (name, template, freshMs, graceMs, stalenessMs, tags) => {
    const entry: CatalogEntry<unknown> = new Catalog(CATALOG_ENTRIES).get(name)!;
    expect(entry.template).toBe(template);
    expect(entry.policy).toMatchObject({ freshMs, graceMs, stalenessMs });
    expect(entry.options.tags ?? []).toEqual(tags);
  });

  it('has these ten and no other', () => {
    expect(CATALOG_ENTRIES).toHaveLength(10);
  });

  it('gives each entry a variable of its own for its life', () => {
    expect(CATALOG_ENTRIES.map(({ name }) => ttlVariable(name))).toContain('CACHE_TTL_API_KEY');
    expect(new Set(CATALOG_ENTRIES.map(({ name }) => ttlVariable(name))).size).toBe(10);
  });
});
