/** A miner reported new figures. */
export class MinerStatsUpdated {
  static readonly type = 'miner.stats-updated';

  constructor(readonly wallet: string) {}
}
