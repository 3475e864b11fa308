/** A miner reported new figures. */
export class MinerStatsUpdated {
  static readonly type = 'miner.stats-updated';
  static readonly version = 1;

  constructor(readonly wallet: string) {}
}
