import { type ReactElement, useState } from 'react';

interface ListToolbarProps {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  readonly selectedCount: number;
  /** Undefined: nothing can be selected. */
  readonly onSelectUnder: ((usd: number) => void) | undefined;
  readonly onClear: () => void;
}

export function ListToolbar(props: ListToolbarProps): ReactElement {
  const { search, onSearch, selectedCount, onSelectUnder, onClear } = props;
  const [limit, setLimit] = useState('10');
  const usd = Number(limit);
  const usable = limit.trim() !== '' && Number.isFinite(usd) && usd > 0;
  return (
    <div className="toolbar">
      <label className="search">
        <span className="hidden">Search tokens</span>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="9" cy="9" r="5.5" />
          <path d="m13.5 13.5 4 4" />
        </svg>
        <input
          type="search"
          placeholder="Search name, symbol or address"
          value={search}
          onChange={(event) => onSearch(event.target.value)}
        />
      </label>
      {onSelectUnder && (
        <form
          className="under"
          onSubmit={(event) => {
            event.preventDefault();
            if (usable) onSelectUnder(usd);
          }}
        >
          <button type="submit" className="button button-quiet" disabled={!usable}>
            Select all under
          </button>
          <label className="under-limit">
            <span className="hidden">Limit in US dollars</span>
            <span aria-hidden="true">$</span>
            <input inputMode="decimal" value={limit} onChange={(event) => setLimit(event.target.value)} size={4} />
          </label>
          {selectedCount > 0 && (
            <button type="button" className="button button-bare" onClick={onClear}>
              Clear
            </button>
          )}
        </form>
      )}
    </div>
  );
}
