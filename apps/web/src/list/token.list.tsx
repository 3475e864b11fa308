import { type KeyboardEvent, type ReactElement, useLayoutEffect, useRef, useState } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type TokenBalance, tokenId } from '@chaincache/react';
import { TokenRow } from './token.row.js';

interface TokenListProps {
  readonly tokens: readonly TokenBalance[];
  readonly selected: ReadonlySet<string>;
  readonly destination: string | undefined;
  readonly onToggle: ((id: string) => void) | undefined;
}

const ROW_PX = 68;
const PAGE_ROWS = 10;

/**
 * Thousands of tokens, of which only those in sight exist. One of them is reached by Tab; arrows, Page, Home and End go
 * on from there, Space selects.
 */
export function TokenList({ tokens, selected, destination, onToggle }: TokenListProps): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const wanted = useRef<string>(undefined);
  const reached = Math.min(active, Math.max(0, tokens.length - 1));
  const severalChains = tokens.some(({ chainId }) => chainId !== tokens[0]?.chainId);

  useLayoutEffect(() => {
    const measure = (): void => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);

  const rows = useWindowVirtualizer({
    count: tokens.length,
    estimateSize: () => ROW_PX,
    overscan: 4,
    scrollMargin: top,
    scrollPaddingStart: 80,
    scrollPaddingEnd: 120,
    getItemKey: (index) => tokenId(tokens[index]!),
    // The reachable row exists even when it is out of sight, or Tab would pass the list by.
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(count - 1, endIndex + overscan);
      const seen = Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset);
      if (count === 0 || (reached >= from && reached <= to)) return seen;
      return reached < from ? [reached, ...seen] : [...seen, reached];
    },
  });

  const go = (event: KeyboardEvent): void => {
    const next = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE_ROWS, PageUp: -PAGE_ROWS, Home: -Infinity, End: Infinity }[
      event.key
    ];
    if (next === undefined || tokens.length === 0) return;
    event.preventDefault();
    const index = Math.min(tokens.length - 1, Math.max(0, reached + next));
    wanted.current = tokenId(tokens[index]!);
    setActive(index);
    rows.scrollToIndex(index);
  };
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    const box = document.getElementById(`pick-${wanted.current}`);
    if (!box) return;
    wanted.current = undefined;
    box.focus({ preventScroll: true });
  });

  return (
    <ul
      ref={list}
      className="rows"
      style={{ height: rows.getTotalSize() }}
      aria-label="Tokens"
      onKeyDown={go}
      onFocus={(event) => {
        const index = Number(event.target.closest('li')?.dataset['index']);
        if (Number.isInteger(index)) setActive(index);
      }}
    >
      {rows.getVirtualItems().map(({ index, key, start }) => {
        const token = tokens[index]!;
        const id = tokenId(token);
        return (
          <li
            key={key}
            data-index={index}
            aria-setsize={tokens.length}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <TokenRow
              id={id}
              token={token}
              selected={selected.has(id)}
              isDestination={id === destination}
              onToggle={onToggle}
              reachable={index === reached}
              showChain={severalChains}
            />
          </li>
        );
      })}
    </ul>
  );
}
