import { useEffect, useState } from 'react';
import { ApiError, type ConsoleClient } from './console.client.js';
import { type Histories, NO_HISTORY, withRemembered, withStats } from './history.js';
import type { StatsNews, StatsView, StreamOpening } from './stats.types.js';

/** `polling`: a stream cannot be had, so the figures are asked for again and again. `lost`: nothing can be had. */
export type Connection = 'connecting' | 'live' | 'polling' | 'lost';

export interface LiveStats {
  readonly connection: Connection;
  readonly stats: StatsView | null;
  readonly entryP99Ms: Readonly<Record<string, number | null>>;
  readonly histories: Histories;
  /** What the key may do, as the stream told; null while only polling. */
  readonly scopes: readonly string[] | null;
}

const POLL_EVERY_MS = 5_000;
/** A stream says something every 2 s; a proxy that holds it back says nothing at all. */
const SILENCE_MS = 10_000;

const NOTHING_YET: LiveStats = {
  connection: 'connecting',
  stats: null,
  entryP99Ms: {},
  histories: NO_HISTORY,
  scopes: null,
};

/**
 * The figures as they change, for as long as the page is looked at: a hidden tab lets go of its stream.
 * @param refused told when the key is no good: unknown, revoked or without the scope
 */
export function useLiveStats(client: ConsoleClient, refused: (error: ApiError) => void): LiveStats {
  const [live, setLive] = useState(NOTHING_YET);
  useEffect(() => {
    let watching: AbortController | undefined;
    const look = (): void => {
      watching?.abort();
      watching = undefined;
      if (document.visibilityState === 'hidden') return;
      watching = new AbortController();
      void watch(client, watching.signal, setLive, refused);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      watching?.abort();
    };
  }, [client, refused]);
  return live;
}

type Update = (change: (live: LiveStats) => LiveStats) => void;

/** Streams; when that breaks off, asks once and tries to stream again. Returns when `signal` says so or the key is no good. */
async function watch(
  client: ConsoleClient,
  signal: AbortSignal,
  update: Update,
  refused: (error: ApiError) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await readStream(client, signal, update);
      await poll(client, signal, update);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.isRefusal) return refused(error);
      update((live) => ({ ...live, connection: 'lost' }));
    }
    await pause(POLL_EVERY_MS, signal);
  }
}

async function poll(client: ConsoleClient, signal: AbortSignal, update: Update): Promise<void> {
  const news = await client.stats(signal);
  update((live) => ({ ...withNews(live, news), connection: 'polling' }));
}

/** Resolves when the stream ends, whatever ended it, unless the key is no good. */
async function readStream(client: ConsoleClient, signal: AbortSignal, update: Update): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    for await (const { event, data } of client.stream(AbortSignal.any([signal, silence.signal]))) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      if (event === 'open') {
        const opening = JSON.parse(data) as StreamOpening;
        update((live) => opened(live, opening));
      } else if (event === 'stats') {
        const news = JSON.parse(data) as StatsNews;
        update((live) => ({ ...withNews(live, news), connection: 'live' }));
      }
    }
  } catch (error) {
    if (signal.aborted || (error instanceof ApiError && error.isRefusal)) throw error;
  } finally {
    clearTimeout(timer);
  }
}

function opened(live: LiveStats, opening: StreamOpening): LiveStats {
  const histories = withRemembered(live.histories, opening.history, opening.stats);
  return { ...withNews({ ...live, histories }, opening), connection: 'live', scopes: opening.scopes };
}

function withNews(live: LiveStats, { at, stats, entryP99Ms = live.entryP99Ms }: StatsNews): LiveStats {
  return { ...live, stats, entryP99Ms, histories: withStats(live.histories, stats, at) };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
