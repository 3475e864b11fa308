/** What the tabs of one origin tell each other. */
export type TabMessage =
  { readonly type: 'dropped'; readonly wallet: string } | { readonly type: 'doubted'; readonly wallet: string };

export interface TabsChannel {
  /** To every other tab; not to this one. */
  tell(message: TabMessage): void;
  onMessage(listener: (message: TabMessage) => void): () => void;
  close(): void;
}

/** @param scope tells APIs apart that one page uses */
export function tabsChannel(scope: string): TabsChannel {
  if (typeof BroadcastChannel === 'undefined') return aloneChannel;
  const channel = new BroadcastChannel(`chaincache|${scope}`);
  // Node keeps a process alive for an open channel; browsers have no such thing.
  (channel as { unref?: () => void }).unref?.();
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target, it is its origin's
    tell: (message) => channel.postMessage(message),
    onMessage(listener) {
      const receive = (event: MessageEvent): void => listener(event.data as TabMessage);
      channel.addEventListener('message', receive);
      return () => channel.removeEventListener('message', receive);
    },
    close: () => channel.close(),
  };
}

const aloneChannel: TabsChannel = { tell: () => undefined, onMessage: () => () => undefined, close: () => undefined };
