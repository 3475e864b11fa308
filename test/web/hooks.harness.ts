// oxlint-disable-next-line import/no-unassigned-import -- React looks for a window when it is loaded
import './dom.js';
import { createElement, type ReactNode } from 'react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { ChaincacheProvider, type ChaincacheOptions, memoryCopyStore, type PendingStore } from '@chaincache/react';

/** One request that the hooks made, and how it was answered. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  status: number;
}

/** A browser tab: its own queries and runtime, and every request it makes. */
export interface Tab {
  readonly requests: readonly SeenRequest[];
  /** Answers instead of the API while it returns something; what it waits for, the request waits for. */
  intercept: ((request: SeenRequest) => Response | undefined | Promise<undefined>) | undefined;
  render<Props, Result>(hook: (props: Props) => Result, props: Props): RenderedHook<Props, Result>;
  close(): void;
}

export interface RenderedHook<Props, Result> {
  readonly current: () => Result;
  rerender(props: Props): void;
  until(isTrue: (result: Result) => boolean): Promise<Result>;
}

export function openTab(apiUrl: string, options: Partial<ChaincacheOptions> = {}): Tab {
  const requests: SeenRequest[] = [];
  const queries = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } });
  const unmounts: (() => void)[] = [];
  let closed = false;
  const tab: Tab = {
    requests,
    intercept: undefined,
    render(hook, props) {
      const latest: { result?: ReturnType<typeof hook> } = {};
      const Probe = ({ given }: { readonly given: typeof props }): null => {
        latest.result = hook(given);
        return null;
      };
      const root = createRoot(document.createElement('div'));
      const draw = (given: typeof props): void => root.render(wrapper({ children: createElement(Probe, { given }) }));
      draw(props);
      unmounts.push(() => root.unmount());
      const current = (): ReturnType<typeof hook> => latest.result!;
      return {
        current,
        rerender: draw,
        async until(isTrue) {
          while (latest.result === undefined || !isTrue(latest.result)) {
            if (closed) throw new Error('The tab was closed while it was waited for.');
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
          return current();
        },
      };
    },
    close() {
      closed = true;
      for (const unmount of unmounts) unmount();
      queries.clear();
    },
  };
  const seenFetch: typeof fetch = async (input, init) => {
    const url = new URL(input as string);
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : undefined;
    const seen: SeenRequest = { method: init?.method ?? 'GET', path: url.pathname, body, status: 0 };
    requests.push(seen);
    const response = (await tab.intercept?.(seen)) ?? (await fetch(input, init));
    seen.status = response.status;
    return response;
  };
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(
      QueryClientProvider,
      { client: queries },
      createElement(
        ChaincacheProvider,
        {
          baseUrl: apiUrl,
          fetch: seenFetch,
          copies: memoryCopyStore(),
          live: false,
          pending: memoryPending(),
          ...options,
        },
        children,
      ),
    );
  return tab;
}

export function memoryPending(): PendingStore {
  const sales = new Map<string, ReturnType<PendingStore['list']>[number]>();
  return {
    list: () => [...sales.values()],
    put: (sale) => void sales.set(sale.id, sale),
    remove: (id) => void sales.delete(id),
  };
}
