export type SaleErrorCode =
  | 'rejected'
  | 'out-of-gas'
  | 'slippage'
  | 'quote-expired'
  | 'quote-changed'
  | 'nothing-to-sell'
  | 'wrong-account'
  | 'reverted'
  | 'too-many-requests'
  | 'unreachable'
  | 'wallet-failed';

const MESSAGES: Readonly<Record<SaleErrorCode, string>> = {
  rejected: 'You declined in your wallet. Nothing was sold.',
  'out-of-gas': 'Your wallet does not hold enough of the network’s coin to pay the fee. Nothing was sold.',
  slippage: 'The price moved more than allowed while you decided. Nothing was sold: ask for a new quote.',
  'quote-expired': 'The quote ran out before the sale reached the network. Nothing was sold: ask for a new quote.',
  'quote-changed': 'The price has changed since you looked. Check the new quote, then sell.',
  'nothing-to-sell': 'None of the selected tokens can be sold now.',
  'wrong-account': 'Your wallet is now on another account. Switch back, or reconnect, then sell.',
  reverted:
    'The network undid the whole sale: one of the tokens refused, or something has changed since the quote. Nothing was sold: ask for a new quote.',
  'too-many-requests': 'Too many requests at once. Wait a moment, then try again.',
  unreachable: 'The server cannot be reached. Nothing was sold.',
  'wallet-failed': 'Your wallet reported an error. Nothing was sold.',
};

/** Why a sale did not happen. `message` can be shown to a person, `cause` is what was really thrown. */
export class SaleError extends Error {
  override readonly name = 'SaleError';

  constructor(
    readonly code: SaleErrorCode,
    options?: ErrorOptions,
  ) {
    super(MESSAGES[code], options);
  }
}

const REJECTED = 4001;
const UNAUTHORIZED = 4100;
const UPGRADE_REJECTED = 5750;

/** What a wallet threw, understood. Wallets wrap errors and agree on few codes, so their texts are read as well. */
export function walletErrorOf(error: unknown, expired: boolean): SaleError {
  if (error instanceof SaleError) return error;
  return new SaleError(codeOf(chainOf(error), expired), { cause: error });
}

interface Cause {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly cause?: unknown;
}

function codeOf(causes: readonly Cause[], expired: boolean): SaleErrorCode {
  const codes = causes.map(({ code }) => code);
  const text = causes.map(({ message, details }) => `${String(message)} ${String(details)}`).join(' ');
  if (codes.includes(REJECTED) || codes.includes(UPGRADE_REJECTED)) return 'rejected';
  if (codes.includes(UNAUTHORIZED)) return 'wrong-account';
  if (/user (rejected|denied|cancell?ed)/i.test(text)) return 'rejected';
  if (/insufficient funds|not enough (funds|balance) for gas|out of gas|exceeds the balance/i.test(text)) {
    return 'out-of-gas';
  }
  if (/deadline|expired/i.test(text)) return 'quote-expired';
  if (/slippage|insufficient.?output|too little received|min(imum)? ?(out|amount)/i.test(text)) return 'slippage';
  if (/revert/i.test(text)) return expired ? 'quote-expired' : 'reverted';
  return 'wallet-failed';
}

function chainOf(error: unknown): readonly Cause[] {
  const causes: Cause[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && causes.length < 10) {
    causes.push(next);
    next = (next as Cause).cause;
  }
  return causes.length > 0 ? causes : [{ message: error }];
}
