/** Blocks above the fork are no longer on the chain, nor what they did to these wallets. */
export class ChainReorged {
  static readonly type = 'chain.reorged';
  static readonly version = 1;

  constructor(
    readonly chainId: number,
    readonly forkHeight: number,
    readonly wallets: readonly string[],
  ) {}
}
