export { ChaincacheProvider } from './chaincache.provider.js';
export type { ChaincacheOptions } from './chaincache.runtime.js';
export { type InvalidationResult, type UseCache, useCache } from './use-cache.js';
export { type UseTokenBalances, useTokenBalances } from './use-token-balances.js';
export { type UseBatchSelling, useBatchSelling } from './use-batch-selling.js';
export { tokenId } from './balances/token.list.js';
export { ApiClient, type ApiClientOptions, type InvalidateWalletOptions, type TokensAnswer } from './api/api.client.js';
export { ApiError } from './api/api.error.js';
export type * from './api/api.types.js';
export { type CopyStore, memoryCopyStore, type PageCopy, type WalletCopy } from './browser-cache/copy.store.js';
export { indexedDbCopyStore } from './browser-cache/indexed-db.store.js';
export { type PendingSale, type PendingStore, pendingStore, type SoldToken } from './selling/pending.sales.js';
export type { SaleQuote } from './selling/quotes.request.js';
export { SaleError, type SaleErrorCode } from './selling/sale.error.js';
export type { SaleInvalidation, SaleStep, SaleStepName, SaleStepState } from './selling/sale.state.js';
export type {
  CallLog,
  CallReceipt,
  CallsRequest,
  CallsStatus,
  SellingAccount,
  Submission,
} from './selling/selling.account.js';
export type { TradeSummary } from './selling/trade.summary.js';
