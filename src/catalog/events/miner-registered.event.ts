/** A user became a miner. */
export class MinerRegistered {
  static readonly type = 'miner.registered';
  static readonly version = 1;

  constructor(readonly wallet: string) {}
}
