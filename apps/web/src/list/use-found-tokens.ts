import { useDeferredValue, useMemo } from 'react';
import type { TokenBalance } from '@chaincache/react';

/** The tokens whose symbol, name or address holds what was typed. Typing is never held up by it. */
export function useFoundTokens(tokens: readonly TokenBalance[], search: string): readonly TokenBalance[] {
  const wanted = useDeferredValue(search.trim().toLowerCase());
  return useMemo(() => {
    if (wanted === '') return tokens;
    return tokens.filter(({ symbol, name, address }) =>
      `${symbol}\n${name}\n${address}`.toLowerCase().includes(wanted),
    );
  }, [tokens, wanted]);
}
