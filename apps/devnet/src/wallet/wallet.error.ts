/** What the wallet answers with an error, by its code (EIP-1193, EIP-1474, EIP-5792). */
export class WalletError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(message);
    this.name = 'WalletError';
  }

  static invalid(message: string): WalletError {
    return new WalletError(-32602, message);
  }
}
