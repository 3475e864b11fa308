import type { GetV1TokensData } from '@thirdweb-dev/insight';
import { type Address, isAddress } from 'viem';

type Accepted = GetV1TokensData['query'];

/** The query of GET /v1/tokens, checked, with Insight's defaults filled in. Addresses are in lower case. */
export interface TokensQuery {
  readonly chainIds: readonly number[];
  readonly owners: readonly Address[];
  readonly tokens: readonly string[];
  readonly limit: number;
  readonly page: number;
  readonly metadata: boolean;
  readonly includeSpam: boolean;
  readonly includeNative: boolean;
  readonly includeWithoutPrice: boolean;
  readonly sortBy: Accepted['sort_by'];
  readonly sortOrder: NonNullable<Accepted['sort_order']>;
}

/** Says which parameter is wrong, and what it should be. */
export class BadQuery extends Error {
  constructor(parameter: keyof Accepted, expected: string) {
    super(`Invalid query parameter ${parameter}: ${expected}`);
    this.name = 'BadQuery';
  }
}

const MAX_CHAINS = 55;
export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 500;

/** @throws BadQuery */
export function parseTokensQuery(search: URLSearchParams, servedChains: readonly number[]): TokensQuery {
  return {
    chainIds: chainIds(search, servedChains),
    owners: addresses(search, 'owner_address', 1),
    tokens: addresses(search, 'token_address', 0),
    limit: integer(search, 'limit', 1, MAX_LIMIT, DEFAULT_LIMIT),
    page: integer(search, 'page', 0, Number.MAX_SAFE_INTEGER, 0),
    metadata: flag(search, 'metadata', false),
    includeSpam: flag(search, 'include_spam', false),
    includeNative: flag(search, 'include_native', false),
    includeWithoutPrice: flag(search, 'include_without_price', true),
    sortBy: oneOf(search, 'sort_by', ['balance', 'token_address', 'token_price', 'usd_value']),
    sortOrder: oneOf(search, 'sort_order', ['asc', 'desc']) ?? 'desc',
  };
}

function chainIds(search: URLSearchParams, served: readonly number[]): number[] {
  const given = [...search.getAll('chain_id'), ...search.getAll('chain')];
  if (given.length === 0 || given.length > MAX_CHAINS) throw new BadQuery('chain_id', `1 to ${MAX_CHAINS} chain ids`);
  const ids = given.map((text) => {
    if (!/^\d{1,15}$/.test(text)) throw new BadQuery('chain_id', 'a chain id is a positive integer');
    const id = Number(text);
    if (!served.includes(id)) throw new BadQuery('chain_id', `chain ${id} is not supported`);
    return id;
  });
  return [...new Set(ids)];
}

function addresses(search: URLSearchParams, name: 'owner_address' | 'token_address', atLeast: number): Address[] {
  const given = search.getAll(name);
  if (given.length < atLeast) throw new BadQuery(name, 'at least one address is required');
  return given.map((text) => {
    if (!isAddress(text, { strict: false })) throw new BadQuery(name, 'an address is 0x and 40 hex digits');
    return text.toLowerCase() as Address;
  });
}

function integer(search: URLSearchParams, name: 'limit' | 'page', min: number, max: number, absent: number): number {
  const text = search.get(name);
  if (text === null) return absent;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) throw new BadQuery(name, `an integer from ${min} to ${max}`);
  return number;
}

function flag(search: URLSearchParams, name: keyof Accepted, absent: boolean): boolean {
  const text = oneOf(search, name, ['true', 'false']);
  return text === undefined ? absent : text === 'true';
}

function oneOf<const T extends string>(
  search: URLSearchParams,
  name: keyof Accepted,
  allowed: readonly T[],
): T | undefined {
  const text = search.get(name);
  if (text === null) return undefined;
  const found = allowed.find((one) => one === text);
  if (found === undefined) throw new BadQuery(name, `one of ${allowed.join(', ')}`);
  return found;
}
