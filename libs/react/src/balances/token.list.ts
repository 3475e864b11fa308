import type { TokenBalance } from '../api/api.types.js';
import type { PageCopy } from '../browser-cache/copy.store.js';

/** Names a token among those of all chains. */
export function tokenId({ chainId, address }: Pick<TokenBalance, 'chainId' | 'address'>): string {
  return `${chainId}:${address.toLowerCase()}`;
}

/** The tokens of all pages, each once: between two pages of one list a token may have moved. */
export function tokensOf(pages: readonly PageCopy[]): readonly TokenBalance[] {
  const found = new Map<string, TokenBalance>();
  for (const { page } of pages) for (const token of page.tokens) found.set(tokenId(token), token);
  return [...found.values()];
}

/** Pages that were cut from different reads do not fit together. */
export function fitTogether(pages: readonly PageCopy[]): boolean {
  return pages.every(({ page }) => page.timestamp === pages[0]?.page.timestamp);
}

/** How old the oldest part of what is shown is, in whole seconds. */
export function ageSecondsOf(pages: readonly PageCopy[], now: number): number {
  const ages = pages.map(({ checkedAt, ageSeconds }) => ageSeconds + Math.max(0, now - checkedAt) / 1_000);
  return Math.floor(Math.max(0, ...ages));
}
