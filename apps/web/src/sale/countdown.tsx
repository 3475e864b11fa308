import { type ReactElement, useEffect, useState } from 'react';

/** Seconds for which a quote still stands. */
export function Countdown({ until }: { readonly until: number }): ReactElement {
  const [left, setLeft] = useState(() => until - Date.now());
  useEffect(() => {
    setLeft(until - Date.now());
    const timer = setInterval(() => setLeft(until - Date.now()), 500);
    return () => clearInterval(timer);
  }, [until]);
  if (left <= 0) return <span className="hint">This quote has run out. Selling asks for a new one.</span>;
  return <span className="hint">This quote stands for {Math.ceil(left / 1_000)} s.</span>;
}
