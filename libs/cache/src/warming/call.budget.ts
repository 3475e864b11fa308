import type { WarmFleet } from './warm-fleet.port.js';

export interface CallBudgetOptions {
  /** Calls a minute that the upstream takes from the whole fleet. Default 600. */
  readonly callsPerMinute: number;
  /** What of them warming may make at most. Default 60. */
  readonly warmCallsPerMinute: number;
}

/**
 * What warming may ask of an upstream that limits calls, in the whole fleet: at most its own share, and only what users
 * have left of the minute. Entries without a price are not limited.
 */
export class CallBudget {
  private readonly prices = new Map<string, number>();
  /** Calls that users caused since the fleet was told; our own loads are taken out again. */
  private usedByUsers = 0;

  constructor(
    private readonly fleet: WarmFleet,
    private readonly options: CallBudgetOptions,
  ) {}

  /** @param callsPerLoad how many upstream calls one load of the entry takes; a whole number above 0 */
  price(entry: string, callsPerLoad: number): void {
    this.prices.set(entry, callsPerLoad);
  }

  /** Takes the calls of one load. @param inAnyCase counted, though there may be none left */
  async take(entry: string, inAnyCase: boolean): Promise<boolean> {
    const price = this.prices.get(entry);
    if (price === undefined) return true;
    const granted = await this.ask(price);
    // Of a load that is ours, `loaded` will tell as of any other.
    if (granted) this.usedByUsers -= price;
    return granted || inAnyCase;
  }

  /** Tells the others what users of this instance have used, so that they leave room for it. */
  async tell(): Promise<void> {
    if (this.usedByUsers > 0) await this.ask(0);
  }

  /** A load of the entry has ended, well or not. */
  loaded(entry: string): void {
    this.usedByUsers += this.prices.get(entry) ?? 0;
  }

  private async ask(wanted: number): Promise<boolean> {
    const usedByUsers = Math.max(0, this.usedByUsers);
    this.usedByUsers -= usedByUsers;
    // While the others cannot be asked nothing is taken; what users used meanwhile is of a minute that is over by then.
    return this.fleet.takeCalls({ ...this.options, usedByUsers, wanted }).catch(() => false);
  }
}
