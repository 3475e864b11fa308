import { z } from 'zod';
import { blockHeight, networkStats, recentBlocks } from '../catalog/network.entries.js';
import { minerEarnings, minerHashrate, minerStats } from '../catalog/miner.entries.js';
import { tokenBalances } from '../catalog/token-balances.entry.js';
import { userCredits, userInfo } from '../catalog/user.entries.js';
import { WALLET_EXPECTED, walletOf } from '../catalog/wallet.js';

const MAX_WALLETS = 100;

/** What anybody may have warmed: entries of nobody's, and those of a wallet. Secrets are not among them. */
export const ENTRIES_OF_ALL = [networkStats, recentBlocks, blockHeight] as const;
export const ENTRIES_OF_EVM = [tokenBalances] as const;
export const ENTRIES_OF_R3MES = [userInfo, userCredits, minerStats, minerEarnings, minerHashrate] as const;

const NAMES = [...ENTRIES_OF_ALL, ...ENTRIES_OF_EVM, ...ENTRIES_OF_R3MES].map(({ name }) => name);
const ENTRIES_EXPECTED = `should be a list of ${NAMES.join(', ')}`;
const WALLETS_EXPECTED = `should be a list of at most ${MAX_WALLETS}, each ${WALLET_EXPECTED}`;

const wallet = z.string({ error: WALLETS_EXPECTED }).transform((text, context) => {
  const found = walletOf(text);
  if (found !== null) return found;
  context.issues.push({ code: 'custom', message: WALLETS_EXPECTED, input: text });
  return z.NEVER;
});

export const warmOrder = z.strictObject(
  {
    entries: z
      .array(z.enum(NAMES, { error: ENTRIES_EXPECTED }), { error: ENTRIES_EXPECTED })
      .max(NAMES.length, { error: ENTRIES_EXPECTED })
      .optional(),
    wallets: z.array(wallet, { error: WALLETS_EXPECTED }).max(MAX_WALLETS, { error: WALLETS_EXPECTED }).optional(),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `should not have ${issue.keys.join(', ')}`
        : 'should be an object, with entries and wallets if you like',
  },
);

export type WarmOrder = z.output<typeof warmOrder>;
