/** An ERC-20 Transfer was seen on a chain. Addresses are in key form. */
export class TokensTransferred {
  static readonly type = 'tokens.transferred';

  constructor(
    readonly chainId: number,
    readonly from: string,
    readonly to: string,
    readonly blockNumber: number,
  ) {}
}
