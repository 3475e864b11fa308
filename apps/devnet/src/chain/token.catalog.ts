import { parseUnits } from 'viem';
import type { ContractName } from './contract.artifacts.js';

export type TokenKind =
  | 'stable'
  | 'plain'
  | 'unpriced'
  | 'long-name'
  | 'empty-symbol'
  | 'frozen'
  | 'fee-on-transfer'
  | 'huge-balance'
  | 'nameless'
  | 'zero-decimals'
  | 'dust'
  | 'spam'
  | 'priced-spam';

/** What a token is deployed as. Amounts are raw, in the token's smallest unit. */
export interface TokenPlan {
  readonly kind: TokenKind;
  readonly contract: Extract<ContractName, `${string}Token`>;
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly supply: bigint;
  /** The part of the supply that the market holds, so that it can be bought there. The rest is the first wallet's. */
  readonly reserve: bigint;
  /** USD for one whole token, as a decimal string; null: the market has no price. */
  readonly priceUsd: string | null;
  /** Part of the handful that the second wallet holds, and of the few that further chains have. */
  readonly common: boolean;
}

const SCRIPTS = 'Long Läufer دينار رقمي 漢字トークン 🪙👩‍🚀 Z̷̢̛a̶l̵g̸o̷ नमस्ते ';

/** 300 code points of Latin, Arabic from right to left, CJK, emoji and combining marks. */
const LONG_NAME = `${Array.from(SCRIPTS.repeat(8)).slice(0, 299).join('')}终`;

const plain = { contract: 'PlainToken', decimals: 18, reserve: 0n, common: false } as const;

const SPECIAL: readonly TokenPlan[] = [
  {
    ...plain,
    kind: 'stable',
    name: 'USD Coin (devnet)',
    symbol: 'USDC',
    decimals: 6,
    supply: parseUnits('100250000.654321', 6),
    reserve: parseUnits('100000000', 6),
    priceUsd: '1',
    common: true,
  },
  {
    ...plain,
    kind: 'plain',
    name: 'Wrapped Bitcoin (devnet)',
    symbol: 'WBTC',
    decimals: 8,
    supply: parseUnits('121.12345678', 8),
    reserve: parseUnits('100', 8),
    priceUsd: '64250.12',
    common: true,
  },
  {
    ...plain,
    kind: 'plain',
    name: 'Devnet Governance',
    symbol: 'DGOV',
    supply: parseUnits('12345.678901234567890123', 18),
    priceUsd: '3.2175',
    common: true,
  },
  {
    ...plain,
    kind: 'unpriced',
    name: 'Nobody Knows',
    symbol: 'NOPX',
    supply: parseUnits('7777', 18),
    priceUsd: null,
    common: true,
  },
  { ...plain, kind: 'long-name', name: LONG_NAME, symbol: 'LONG', supply: parseUnits('300', 18), priceUsd: '0.5' },
  {
    ...plain,
    kind: 'empty-symbol',
    name: 'No Symbol At All',
    symbol: '',
    supply: parseUnits('42', 18),
    priceUsd: '1.25',
  },
  {
    ...plain,
    kind: 'frozen',
    contract: 'FrozenToken',
    name: 'Frozen Assets',
    symbol: 'FROZE',
    supply: parseUnits('1000', 18),
    priceUsd: '2',
  },
  {
    ...plain,
    kind: 'fee-on-transfer',
    contract: 'FeeToken',
    name: 'One Percent Gone',
    symbol: 'FEE',
    supply: parseUnits('5000', 18),
    priceUsd: '0.75',
    common: true,
  },
  { ...plain, kind: 'huge-balance', name: 'Beyond Counting', symbol: 'HUGE', supply: 2n ** 200n + 1n, priceUsd: null },
  {
    ...plain,
    kind: 'nameless',
    contract: 'NamelessToken',
    name: '',
    symbol: '',
    decimals: 0,
    supply: 123_456_789n,
    priceUsd: null,
  },
  {
    ...plain,
    kind: 'zero-decimals',
    name: 'Whole Things Only',
    symbol: 'WHOLE',
    decimals: 0,
    supply: 17n,
    priceUsd: '12.5',
  },
  {
    ...plain,
    kind: 'dust',
    name: 'Less Than A Cent',
    symbol: 'DUST',
    supply: parseUnits('0.00390625', 18),
    priceUsd: '1.5',
  },
  {
    ...plain,
    kind: 'spam',
    name: 'Visit claim-reward.example',
    symbol: 'CLAIM',
    supply: parseUnits('1000000', 18),
    priceUsd: null,
    common: true,
  },
  {
    ...plain,
    kind: 'priced-spam',
    name: 'Too Good To Be True',
    symbol: 'USDC',
    decimals: 6,
    supply: parseUnits('1000000', 6),
    priceUsd: '999.99',
  },
];

const PLAIN_DECIMALS = [6, 8, 18] as const;

/** Ordinary tokens with supplies and prices of many magnitudes, the same on every start. */
function ordinary(index: number): TokenPlan {
  const decimals = PLAIN_DECIMALS[index % 3]!;
  const number = String(index).padStart(3, '0');
  return {
    ...plain,
    kind: 'plain',
    name: `Plain Token ${number}`,
    symbol: `PT${number}`,
    decimals,
    supply: parseUnits(`${(index * 7919) % 10_007}.${((index * 104_729) % 999_983) + 1}`, decimals) + 1n,
    priceUsd: `${(index * 31) % 97}.${String(((index * 15_485_863) % 99_999_989) + 1).padStart(8, '0')}`,
  };
}

/** The first `count` tokens of the devnet: one of each kind, then ordinary ones. The first is the stable coin. */
export function tokenPlans(count: number): readonly TokenPlan[] {
  const more = Math.max(0, count - SPECIAL.length);
  return [...SPECIAL, ...Array.from({ length: more }, (_, index) => ordinary(SPECIAL.length + index))].slice(0, count);
}

/** What a chain beside the first one has. */
export function commonTokenPlans(): readonly TokenPlan[] {
  return SPECIAL.filter((plan) => plan.common);
}
