import { openTab, type RenderedHook, type Tab } from './hooks.harness.js';
import type { Devnet, DevnetToken, TokenKind } from '@chaincache/devnet';
import {
  type SellingAccount,
  type TokenBalance,
  tokenId,
  useBatchSelling,
  type UseBatchSelling,
  useTokenBalances,
  type UseTokenBalances,
} from '@chaincache/react';
import { viemAccount } from '@chaincache/react/viem';
import { createWalletClient, custom } from 'viem';
import { startApi, startTestDevnet, type TestApi } from '../e2e/test-api.js';
import { type NodeRpc, nodeRpc } from '../e2e/tether-like.token.js';

export interface Sweep {
  readonly balances: UseTokenBalances;
  readonly selling: UseBatchSelling;
}
export type SweepHook = RenderedHook<SellingAccount, Sweep>;

/** What specs of selling stand on: the devnet with its Bridge and wallet, the API, and tabs with the hooks in them. */
export interface SellingStage {
  readonly devnet: Devnet;
  readonly api: TestApi;
  readonly rpc: NodeRpc;
  /** The devnet's wallet as a page sees it, with a person who always agrees unless `before` throws. */
  accountOf(index: 0 | 1 | 2, before?: (method: string) => unknown): SellingAccount;
  sweep(account: SellingAccount, options?: Parameters<typeof openTab>[1]): { tab: Tab; hook: SweepHook };
  kind(wanted: TokenKind): DevnetToken;
  /** Ordinary tokens that no other test has sold. */
  ordinary(count: number): readonly DevnetToken[];
}

/** Sets the stage for the describe block it is called in. */
export function stageSelling(): SellingStage {
  let devnet: Devnet;
  let api: TestApi;
  const tabs: Tab[] = [];
  // Those before it are one of each kind.
  let nextOrdinary = 20;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 60 });
    api = await startApi(devnet, { BRIDGE_URL: devnet.bridge.url });
  });
  afterEach(async () => {
    devnet.control.bridge.clear();
    await nodeRpc(devnet.evm.rpcUrl)('evm_setAutomine', true);
    for (const tab of tabs.splice(0)) tab.close();
  });
  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  return {
    get devnet() {
      return devnet;
    },
    get api() {
      return api;
    },
    rpc: (...call) => nodeRpc(devnet.evm.rpcUrl)(...call),
    kind: (wanted) => devnet.tokens.find((token) => token.kind === wanted)!,
    ordinary: (count) => devnet.tokens.slice(nextOrdinary, (nextOrdinary += count)),
    accountOf(index, before = () => undefined) {
      const request = async ({ method, params = [] }: { method: string; params?: unknown }): Promise<unknown> => {
        await before(method);
        const response = await fetch(`${devnet.browserWallet.url}/rpc`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ method, params }),
        });
        const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
        if (error) throw Object.assign(new Error(error.message), error);
        return result;
      };
      const transport = custom({ request } as never, { retryCount: 0 });
      return viemAccount(createWalletClient({ account: devnet.wallets[index].address, transport }));
    },
    sweep(account, options) {
      const tab = openTab(api.url, options);
      tabs.push(tab);
      const use = (given: SellingAccount): Sweep => {
        const balances = useTokenBalances(given.address);
        return { balances, selling: useBatchSelling(given, balances.tokens) };
      };
      return { tab, hook: tab.render(use, account) };
    },
  };
}

export function held({ balances }: Sweep, { address }: { address: string }): TokenBalance | undefined {
  return balances.tokens.find((token) => token.address === address.toLowerCase());
}

export async function selectTokens(hook: SweepHook, tokens: readonly { address: string }[]): Promise<void> {
  await hook.until(({ balances, selling }) => balances.tokens.length > 0 && selling.destinationToken !== undefined);
  for (const token of tokens) {
    hook.current().selling.handleTokenSelect(tokenId({ chainId: 31337, address: token.address }));
  }
  await hook.until(({ selling }) => selling.selectedTokens.size === tokens.length);
}

export async function selectAndQuote(hook: SweepHook, tokens: readonly { address: string }[]): Promise<void> {
  await selectTokens(hook, tokens);
  await hook.current().selling.requestQuote();
  await hook.until(({ selling }) => selling.quote !== undefined);
}

export async function errorOf(hook: SweepHook): Promise<string> {
  return (await hook.until(({ selling }) => selling.error !== null)).selling.error!.code;
}

/** A wallet that does not know EIP-5792. */
export function knowsNoBatches(method: string): void {
  if (method.startsWith('wallet_')) throw Object.assign(new Error('Unsupported method'), { code: 4200 });
}

/** Lets something happen while the wallet is open. */
export function meanwhile(happen: () => Promise<unknown>): (method: string) => unknown {
  return (method) => (method === 'wallet_sendCalls' ? happen() : undefined);
}

/** The invalidations that a tab asked for. */
export function invalidationsOf(tab: Tab): Tab['requests'] {
  return tab.requests.filter(({ method, path }) => method === 'POST' && path === '/api/cache');
}
