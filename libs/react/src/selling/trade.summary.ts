import type { PendingSale, SoldToken } from './pending.sales.js';
import type { CallReceipt, CallsStatus } from './selling.account.js';

/** How a sale ended, as the chain's logs tell it. */
export interface TradeSummary {
  readonly successfulTokens: readonly SoldToken[];
  /** Those that got no quote among them: they are still in the wallet. */
  readonly failedTokens: readonly SoldToken[];
  /** Of the last transaction. */
  readonly transactionHash: string | undefined;
  readonly transactionHashes: readonly string[];
  readonly blockNumber: number | undefined;
  /** In the destination token's smallest unit; null: the wallet's receipts have no logs. */
  readonly receivedAmount: string | null;
  readonly quotedAmount: string;
  readonly destination: PendingSale['destination'];
}

/** keccak256 of `Transfer(address,address,uint256)` */
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

export function tradeSummaryOf(sale: PendingSale, status: CallsStatus): TradeSummary {
  const done = status.receipts.filter(({ succeeded }) => succeeded);
  const transfers = done.flatMap(transfersOf);
  const left = new Set(transfers.filter(({ from }) => from === sale.wallet).map(({ token }) => token));
  // Some wallets give receipts without logs: then an atomic batch is sold as a whole.
  const isSold = (token: SoldToken): boolean =>
    transfers.length > 0 ? left.has(token.address.toLowerCase()) : status.state === 'confirmed';
  const received = transfers
    .filter(({ token, to }) => token === sale.destination.address.toLowerCase() && to === sale.wallet)
    .reduce((sum, { amount }) => sum + amount, 0n);
  const hashes = [...new Set(done.map(({ transactionHash }) => transactionHash))];
  return {
    successfulTokens: sale.tokens.filter(isSold),
    failedTokens: [...sale.tokens.filter((token) => !isSold(token)), ...sale.skipped],
    transactionHash: hashes.at(-1),
    transactionHashes: hashes,
    blockNumber: done.length > 0 ? Math.max(...done.map(({ blockNumber }) => blockNumber)) : undefined,
    receivedAmount: transfers.length > 0 ? received.toString() : null,
    quotedAmount: sale.quotedAmount,
    destination: sale.destination,
  };
}

interface Transfer {
  readonly token: string;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
}

function transfersOf({ logs }: CallReceipt): Transfer[] {
  return logs.flatMap(({ address, topics, data }) => {
    const [event, from, to] = topics;
    if (event !== TRANSFER || from === undefined || to === undefined || topics.length !== 3) return [];
    const amount = data.length > 2 ? BigInt(data) : 0n;
    return [{ token: address.toLowerCase(), from: addressOf(from), to: addressOf(to), amount }];
  });
}

function addressOf(topic: string): string {
  return `0x${topic.slice(-40).toLowerCase()}`;
}
