import type { InvalidationOutcome } from '@chaincache/cache';
import { ManualClock } from '@chaincache/cache/testing';
import { walletOf } from '../catalog/wallet.js';
import { WalletInvalidation } from './wallet.invalidation.js';

const COOLDOWN_MS = 5_000;
const address = (digit: number): string => `0x${String(digit).padStart(40, '0')}`;

describe('open invalidations', () => {
  let clock: ManualClock;
  let applied: { tags: readonly string[]; minHeight: number | undefined }[];
  let wallets: WalletInvalidation;

  beforeEach(() => {
    clock = new ManualClock();
    applied = [];
    const invalidator = {
      invalidateByTags(tags: readonly string[], options?: { minHeight?: number }): Promise<InvalidationOutcome> {
        applied.push({ tags, minHeight: options?.minHeight });
        return Promise.resolve({ status: 'applied', deletedCount: 1 });
      },
    };
    wallets = new WalletInvalidation(invalidator, COOLDOWN_MS, clock);
  });

  async function invalidate(wallet: string, minBlock?: number, head?: number, client = 'a'): Promise<string> {
    return (await wallets.invalidate(walletOf(wallet)!, client, minBlock, head)).status;
  }

  it('are applied at once, with the tags of the wallet', async () => {
    expect(await invalidate(address(1))).toBe('applied');
    expect(applied).toEqual([{ tags: [`wallet:${address(1)}`], minHeight: undefined }]);
  });

  it('become one when repeated, which follows when the cooldown ends', async () => {
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push(await invalidate(address(1)));
    expect(statuses).toEqual(['applied', 'coalesced', 'coalesced', 'coalesced']);
    await clock.advance(COOLDOWN_MS - 1);
    expect(applied).toHaveLength(1);
    await clock.advance(1);
    expect(applied).toHaveLength(2);
    await clock.advance(10 * COOLDOWN_MS);
    expect(applied).toHaveLength(2);
  });

  it('cost one a cooldown however long they are repeated', async () => {
    for (let second = 0; second < 60; second += 1) {
      await invalidate(address(1), undefined, undefined, `client ${second}`);
      await clock.advance(1_000);
    }
    expect(applied).toHaveLength(13);
  });

  it('of other wallets do not wait', async () => {
    expect([await invalidate(address(1)), await invalidate(address(2))]).toEqual(['applied', 'applied']);
  });

  it('for a newer block are applied within the cooldown, for an older one not', async () => {
    expect(await invalidate(address(1), 100)).toBe('applied');
    expect(await invalidate(address(1), 100)).toBe('coalesced');
    expect(await invalidate(address(1), 101)).toBe('applied');
    expect(await invalidate(address(1), 99)).toBe('coalesced');
    expect(applied.map(({ minHeight }) => minHeight)).toEqual([100, 101]);
  });

  it('cannot be multiplied by counting up through blocks that are long there', async () => {
    await invalidate(address(1), 1, 100);
    for (let block = 2; block <= 100; block += 1) expect(await invalidate(address(1), block, 100)).toBe('coalesced');
    expect(await invalidate(address(1), 101, 101)).toBe('applied');
  });

  it('keep the highest block that was asked for while they waited', async () => {
    await invalidate(address(1), 50, 100);
    for (const block of [70, 90, 80]) await invalidate(address(1), block, 100);
    await clock.advance(COOLDOWN_MS);
    expect(applied.at(-1)?.minHeight).toBe(90);
  });

  it('of one client over many wallets are put off once they are too many, and none is lost', async () => {
    const statuses = [];
    for (let index = 1; index <= 25; index += 1) statuses.push(await invalidate(address(index)));
    expect(statuses.filter((status) => status === 'applied')).toHaveLength(20);
    expect(await invalidate(address(99), undefined, undefined, 'b')).toBe('applied');
    await clock.advance(COOLDOWN_MS);
    expect(new Set(applied.flatMap(({ tags }) => tags)).size).toBe(26);
  });

  it('that wait are applied when the application stops', async () => {
    await invalidate(address(1));
    await invalidate(address(1));
    await wallets.onModuleDestroy();
    expect(applied).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });
});
