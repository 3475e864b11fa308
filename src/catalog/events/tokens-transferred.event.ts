/** An ERC-20 Transfer was seen on a chain. Addresses are in key form. */
export class TokensTransferred {
  static readonly type = 'tokens.transferred';
  static readonly version = 1;

  constructor(
    readonly chainId: number,
    readonly from: string,
    readonly to: string,
    readonly blockNumber: number,
  ) {}
}
