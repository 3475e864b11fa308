import { useCallback, useMemo, useState } from 'react';
import { type ApiError, ConsoleClient } from './api/console.client.js';
import { credentialStore } from './api/credential.store.js';
import { Dashboard } from './dashboard.js';
import { KeyGate } from './panels/key.gate.js';

/** Asks for a key, and shows the cache to who has one. */
export function Console(): React.JSX.Element {
  const [key, setKey] = useState(() => credentialStore.read());
  const [refusal, setRefusal] = useState<string | null>(null);
  const client = useMemo(() => (key === null ? null : new ConsoleClient(key)), [key]);

  const enter = (given: string): void => {
    credentialStore.write(given);
    setRefusal(null);
    setKey(given);
  };
  const leave = useCallback((): void => {
    credentialStore.forget();
    setKey(null);
  }, []);
  const refused = useCallback(
    (error: ApiError): void => {
      setRefusal(
        error.status === 403
          ? 'This key may not read the cache: it lacks the scope cache:read.'
          : 'This key is unknown, expired or revoked.',
      );
      leave();
    },
    [leave],
  );

  if (client === null) return <KeyGate refusal={refusal} enter={enter} />;
  return <Dashboard client={client} refused={refused} leave={leave} />;
}
