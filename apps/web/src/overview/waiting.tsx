import { type ReactElement, useEffect, useState } from 'react';

/** The server was asked for too much, and will be asked again by itself. Counts down. */
export function Waiting({ until }: { readonly until: Date }): ReactElement {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((until.getTime() - now) / 1_000);
  return (
    <div className="note">
      <p>
        <span role="status">The server is asked for too much at once and wants us to wait.</span>{' '}
        {seconds > 0 ? `Trying again in ${seconds} s.` : 'Trying again…'}
      </p>
    </div>
  );
}
