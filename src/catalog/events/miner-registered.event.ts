/** A user became a miner. */
export class MinerRegistered {
  static readonly type = 'miner.registered';

  constructor(readonly wallet: string) {}
}
