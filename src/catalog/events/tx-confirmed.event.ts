/** A transaction of the R3MES chain that names these wallets is in a block. */
export class TxConfirmed {
  static readonly type = 'tx.confirmed';
  static readonly version = 1;

  constructor(
    readonly wallets: readonly string[],
    readonly height: number,
  ) {}
}
