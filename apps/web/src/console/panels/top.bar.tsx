import type { View, WindowName } from '../api/stats.types.js';
import type { Connection } from '../api/use-live-stats.js';
import { switchTheme, useTheme } from '../theme.js';
import { Choice } from './choice.js';

interface TopBarProps {
  readonly connection: Connection;
  readonly view: View;
  readonly setView: (view: View) => void;
  readonly window: WindowName;
  readonly setWindow: (window: WindowName) => void;
  readonly leave: () => void;
}

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Every 5 s',
  lost: 'No connection',
};

export function TopBar({ connection, view, setView, window, setWindow, leave }: TopBarProps): React.JSX.Element {
  const theme = useTheme();
  return (
    <header className="top-bar">
      <h1>
        <span className="mark" aria-hidden="true" />
        Cache console
      </h1>
      <span className={`connection ${connection}`} role="status">
        {CONNECTIONS[connection]}
      </span>
      <div className="controls">
        <Choice
          name="Figures of"
          value={view}
          choose={setView}
          options={[
            ['fleet', 'Fleet'],
            ['instance', 'This instance'],
          ]}
        />
        <Choice
          name="Over the last"
          value={window}
          choose={setWindow}
          options={[
            ['1m', '1 min'],
            ['5m', '5 min'],
            ['1h', '1 h'],
          ]}
        />
        <button type="button" className="plain" onClick={switchTheme}>
          {theme === 'dark' ? 'Light' : 'Dark'}
        </button>
        <button type="button" className="plain" onClick={leave}>
          Forget key
        </button>
      </div>
    </header>
  );
}
