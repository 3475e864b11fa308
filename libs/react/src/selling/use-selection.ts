import { useCallback, useMemo, useState } from 'react';
import type { TokenBalance } from '../api/api.types.js';
import { tokenId } from '../balances/token.list.js';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** What is selected and still held. */
  readonly tokens: readonly TokenBalance[];
  readonly toggle: (id: string) => void;
  readonly selectAllUnder: (usd: number, except?: string) => void;
  readonly clear: () => void;
  readonly totalValue: () => number;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Which tokens of a wallet are selected. Another wallet begins with none. */
export function useSelection(wallet: string | undefined, tokens: readonly TokenBalance[]): Selection {
  const [selected, setSelected] = useState({ wallet, ids: NOTHING });
  const ids = selected.wallet === wallet ? selected.ids : NOTHING;
  const held = useMemo(() => tokens.filter((token) => ids.has(tokenId(token))), [tokens, ids]);

  const toggle = useCallback(
    (id: string) =>
      setSelected((before) => {
        const next = new Set(before.wallet === wallet ? before.ids : NOTHING);
        if (!next.delete(id)) next.add(id);
        return { wallet, ids: next };
      }),
    [wallet],
  );
  const selectAllUnder = useCallback(
    (usd: number, except?: string) => {
      const small = tokens.filter(
        (token) => token.priceUsd !== null && Number(token.value) < usd && tokenId(token) !== except,
      );
      setSelected({ wallet, ids: new Set(small.map(tokenId)) });
    },
    [wallet, tokens],
  );
  const clear = useCallback(() => setSelected({ wallet, ids: NOTHING }), [wallet]);
  const totalValue = useCallback(() => held.reduce((sum, { value }) => sum + Number(value), 0), [held]);
  return useMemo(
    () => ({ ids, tokens: held, toggle, selectAllUnder, clear, totalValue }),
    [ids, held, toggle, selectAllUnder, clear, totalValue],
  );
}
