import type { TokenBalances } from '../catalog/token-balances.entry.js';
import type { AppConfig } from '../config/app.config.js';
import { changeRate, freshMsOf, type Observation, withObservation } from './smart-ttl.js';
import { WalletLives } from './smart-ttl.wallets.js';

const MINUTE_MS = 60_000;

/** One read each `everyMs`; `changed` says of each whether it differs from the one before. */
function observationsOf(everyMs: number, changed: readonly boolean[]): readonly Observation[] {
  return changed.reduce<readonly Observation[]>(
    (before, one, index) => withObservation(before, { atMs: (index + 1) * everyMs, elapsedMs: everyMs, changed: one }),
    [],
  );
}

const balancesOf = (balance: string, partial: number[] = []): TokenBalances => ({
  address: '0xa',
  tokens: [
    {
      address: '0xt',
      chainId: 1,
      symbol: '',
      name: '',
      balance,
      decimals: 0,
      balanceFormatted: balance,
      priceUsd: null,
      value: '0',
      logo: null,
      spam: false,
    },
  ],
  partial,
  truncated: false,
  readAt: '',
});
const configOf = (freshMsByEntry: Record<string, number> = {}) => ({ freshMsByEntry }) as unknown as AppConfig;

describe('the estimated rate of change', () => {
  it('is the true one for a wallet that changes at random, though reads tell only whether it changed', () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 0x7fffffff) / 0x7fffffff;
    for (const intervalMs of [5 * MINUTE_MS, 20 * MINUTE_MS]) {
      const estimates = Array.from({ length: 400 }, () => {
        const changed = Array.from({ length: 24 }, () => random() < 1 - Math.exp(-(5 * MINUTE_MS) / intervalMs));
        return 1 / changeRate(observationsOf(5 * MINUTE_MS, changed), 24 * 5 * MINUTE_MS);
      }).sort((a, b) => a - b);
      expect(estimates[200]! / intervalMs).toBeGreaterThan(0.7);
      expect(estimates[200]! / intervalMs).toBeLessThan(1.4);
    }
  });

  it('is neither nothing before the first change nor without bound when every read had one', () => {
    expect(1 / changeRate([], 0)).toBeCloseTo(20 * MINUTE_MS, -2);
    const always = changeRate(observationsOf(MINUTE_MS, Array<boolean>(50).fill(true)), 50 * MINUTE_MS);
    expect(1 / always).toBeGreaterThan(MINUTE_MS / 10);
    expect(1 / always).toBeLessThan(2 * MINUTE_MS);
  });

  it('forgets: a wallet that fell asleep lives longer again', () => {
    const busy = observationsOf(MINUTE_MS, Array<boolean>(16).fill(true));
    const nowMs = 12 * 60 * MINUTE_MS;
    const asleep = withObservation(busy, { atMs: nowMs, elapsedMs: nowMs - 16 * MINUTE_MS, changed: false });
    expect(freshMsOf(changeRate(busy, 16 * MINUTE_MS))).toBeLessThan(100_000);
    expect(freshMsOf(changeRate(asleep, nowMs))).toBeGreaterThan(500_000);
  });
});

describe('the life of a wallet', () => {
  it('is the usual one for one change in 20 min, a quarter for sixteen times as many, and 60 to 900 s in any case', () => {
    const rate = 1 / (20 * MINUTE_MS);
    expect(freshMsOf(rate)).toBeCloseTo(300_000);
    expect(freshMsOf(16 * rate)).toBeCloseTo(75_000);
    expect(freshMsOf(10_000 * rate)).toBe(60_000);
    expect(freshMsOf(rate / 10_000)).toBe(900_000);
  });

  it('gets shorter for one that changes often and longer for one that never does', () => {
    const lives = new WalletLives(configOf());
    const changing: (number | null)[] = [];
    const quiet: (number | null)[] = [];
    for (let read = 0; read < 30; read += 1) {
      changing.push(lives.observe(balancesOf(String(read)), read * 5 * MINUTE_MS));
      quiet.push(lives.observe({ ...balancesOf('1'), address: '0xb' }, read * 5 * MINUTE_MS));
    }
    expect([changing[0], quiet[0]]).toEqual([null, null]);
    expect(changing.at(-1)).toBeLessThan(150_000);
    expect(quiet.at(-1)).toBeGreaterThan(700_000);
    expect(Math.min(...changing.slice(1).map(Number))).toBeGreaterThanOrEqual(60_000);
    expect(Math.max(...quiet.slice(1).map(Number))).toBeLessThanOrEqual(900_000);
  });

  it('is not judged by what lacks a chain, and not changed by a new price or order', () => {
    const lives = new WalletLives(configOf());
    lives.observe(balancesOf('1'), 0);
    expect(lives.observe(balancesOf('2', [10]), MINUTE_MS)).toBeNull();
    const repriced = {
      ...balancesOf('1'),
      tokens: balancesOf('1').tokens.map((token) => ({ ...token, priceUsd: '7', value: '7' })),
    };
    expect(lives.observe(repriced, 10 * MINUTE_MS)).toBeGreaterThan(300_000);
  });

  it('is the configured one where there is one', () => {
    const lives = new WalletLives(configOf({ 'token balances': 1_000 }));
    lives.observe(balancesOf('1'), 0);
    expect(lives.observe(balancesOf('1'), 10 * MINUTE_MS)).toBeNull();
  });

  it('is remembered of a bounded number of wallets', () => {
    const lives = new WalletLives(configOf());
    for (let wallet = 0; wallet < 10_050; wallet += 1)
      lives.observe({ ...balancesOf('1'), address: String(wallet) }, wallet);
    expect(lives.size).toBe(10_000);
  });
});
