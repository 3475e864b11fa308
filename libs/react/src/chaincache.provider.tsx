import { createContext, type ReactElement, type ReactNode, useContext, useState } from 'react';
import { type ChaincacheOptions, ChaincacheRuntime } from './chaincache.runtime.js';

const RuntimeContext = createContext<ChaincacheRuntime | undefined>(undefined);

/**
 * Tells the hooks below where the API is. Stands inside TanStack's `QueryClientProvider`. Options are read once.
 * Without a provider the hooks ask the page's own origin.
 */
export function ChaincacheProvider({
  children,
  ...options
}: ChaincacheOptions & { readonly children?: ReactNode }): ReactElement {
  const [runtime] = useState(() => new ChaincacheRuntime(options));
  return <RuntimeContext.Provider value={runtime}>{children}</RuntimeContext.Provider>;
}

let defaultRuntime: ChaincacheRuntime | undefined;

export function useChaincache(): ChaincacheRuntime {
  const provided = useContext(RuntimeContext);
  return provided ?? (defaultRuntime ??= new ChaincacheRuntime());
}
