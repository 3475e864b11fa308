import { useCallback, useEffect, useState } from 'react';
import type { ConsoleClient } from './console.client.js';
import type { Explanation } from './explanation.types.js';

/** An explanation, and when it was had: its lives run down from there. */
export interface FoundExplanation {
  readonly explanation: Explanation;
  /** Epoch ms of this browser. */
  readonly at: number;
}

const REFRESH_EVERY_MS = 5_000;

/** The explanation of a key, asked for anew every 5 s while the page is looked at. */
export function useExplanation(
  client: ConsoleClient,
  key: string,
): { readonly found: FoundExplanation | null; readonly failure: string | null; readonly look: () => void } {
  const [found, setFound] = useState<FoundExplanation | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const look = useCallback(() => setTurn((last) => last + 1), []);

  useEffect(() => {
    setFound(null);
    setFailure(null);
  }, [client, key]);

  useEffect(() => {
    if (key === '') return undefined;
    const end = new AbortController();
    const ask = async (): Promise<void> => {
      if (document.visibilityState === 'hidden') return;
      try {
        const explanation = await client.explain(key, end.signal);
        setFound({ explanation, at: Date.now() });
        setFailure(null);
      } catch (error) {
        if (!end.signal.aborted) setFailure((error as Error).message);
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), REFRESH_EVERY_MS);
    return () => {
      clearInterval(timer);
      end.abort();
    };
  }, [client, key, turn]);

  return { found, failure, look };
}
