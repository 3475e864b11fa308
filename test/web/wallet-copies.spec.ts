import type { ApiClient, TokensAnswer } from '@chaincache/react';
import { memoryCopyStore } from '../../libs/react/src/browser-cache/copy.store.js';
import { tabsChannel } from '../../libs/react/src/browser-cache/tabs.channel.js';
import { WalletCopies } from '../../libs/react/src/browser-cache/wallet.copies.js';

const WALLET = '0x00000000000000000000000000000000000000aa';

function answered(timestamp: string): TokensAnswer {
  const page = {
    success: true,
    address: WALLET,
    chainId: 1,
    tokens: [],
    totalUsdValue: '0',
    timestamp,
    hasMore: false,
  } as const;
  return { page, etag: `"${timestamp}"`, ageSeconds: 0, stale: false };
}

describe('copies of a wallet', () => {
  it('never holds an answer to a question that was asked before an invalidation', async () => {
    const answers: ((answer: TokensAnswer) => void)[] = [];
    const asked: (string | null | undefined)[] = [];
    const api = {
      tokens: (_wallet: string, _page: number, _query: object, { etag }: { etag?: string | null }) => {
        asked.push(etag);
        return new Promise<TokensAnswer>((resolve) => answers.push(resolve));
      },
    } as unknown as ApiClient;
    const store = memoryCopyStore();
    const tabs = tabsChannel('copies');
    const copies = new WalletCopies(api, store, tabs);
    const untilAsked = async (times: number): Promise<void> => {
      while (asked.length < times) await new Promise(setImmediate);
    };

    const page = copies.page(WALLET, 0, {}, new AbortController().signal);
    await untilAsked(1);
    copies.drop(WALLET);
    answers[0]!(answered('before'));
    await untilAsked(2);
    answers[1]!(answered('after'));
    expect((await page).page.timestamp).toBe('after');
    expect(asked).toEqual([null, null]);
    const held = (await copies.restore(WALLET, {})).map((copy) => copy.page.timestamp);
    expect(held).toEqual(['after']);
    tabs.close();
  });
});
