import { useCallback, useRef, useState } from 'react';
import type { ApiError, ConsoleClient } from './api/console.client.js';
import type { View, WindowName } from './api/stats.types.js';
import { useLiveStats } from './api/use-live-stats.js';
import { AlertsPanel } from './panels/alerts.panel.js';
import { EntriesTable } from './panels/entries.table.js';
import { FleetPanel } from './panels/fleet.panel.js';
import { HistoryCharts } from './panels/history.charts.js';
import { HitRatePanel } from './panels/hit-rate.panel.js';
import { KeyExplorer } from './panels/key.explorer.js';
import { StateTiles } from './panels/state.tiles.js';
import { TopBar } from './panels/top.bar.js';
import { TopKeysPanel } from './panels/top-keys.panel.js';
import { WorkPanel } from './panels/work.panel.js';

interface DashboardProps {
  readonly client: ConsoleClient;
  readonly refused: (error: ApiError) => void;
  readonly leave: () => void;
}

/** The cache, live: what it earns, what is wrong, what it holds, and why a key is served as it is. */
export function Dashboard({ client, refused, leave }: DashboardProps): React.JSX.Element {
  const { stats, entryP99Ms, histories, connection, scopes } = useLiveStats(client, refused);
  const [view, setView] = useState<View>('fleet');
  const [window, setWindow] = useState<WindowName>('5m');
  const [asked, setAsked] = useState({ key: '', turn: 0 });
  const explorer = useRef<HTMLElement>(null);

  const explore = useCallback((key: string): void => {
    setAsked(({ turn }) => ({ key, turn: turn + 1 }));
    explorer.current?.scrollIntoView({ block: 'start' });
    explorer.current?.querySelector('input')?.focus({ preventScroll: true });
  }, []);
  const showsKeys = scopes?.includes('cache:admin') === true;
  const shown = view === 'fleet' ? stats?.fleet : stats;

  return (
    <>
      <a className="skip" href="#explorer">
        Skip to the key explorer
      </a>
      <TopBar
        connection={connection}
        view={view}
        setView={setView}
        window={window}
        setWindow={setWindow}
        leave={leave}
      />
      <main>
        {stats == null || shown == null ? (
          <p className="waiting" role="status">
            {connection === 'lost' ? 'The API cannot be reached. Trying again…' : 'Reading the cache…'}
          </p>
        ) : (
          <>
            <HitRatePanel slice={shown.windows[window]} window={window} />
            <AlertsPanel alerts={stats.alerts} />
            <StateTiles stats={stats} slice={shown.windows[window]} l1={shown.l1} />
            <HistoryCharts points={histories[view]} />
            <EntriesTable entries={shown.entries} p99Ms={entryP99Ms} window={window} />
            <TopKeysPanel title="Top hits" keys={shown.topHitKeys} kind="hit" explore={showsKeys ? explore : null} />
            <TopKeysPanel
              title="Top misses"
              keys={shown.topMissKeys}
              kind="miss"
              explore={showsKeys ? explore : null}
            />
          </>
        )}
        <KeyExplorer ref={explorer} client={client} scopes={scopes} asked={asked} />
        {stats != null && shown != null && (
          <>
            <FleetPanel stats={stats} />
            <WorkPanel stats={shown} />
          </>
        )}
      </main>
    </>
  );
}
