import type { Flight } from './flight.js';
import type { BulkLoader } from './loader-call.js';

/** Flights of one caller: they look in L2 first, and what is not there is loaded together. */
export interface Party {
  readonly flights: readonly Flight[];
  readonly load: BulkLoader<unknown>;
}

/** Gathers those who want to look in L2 in the same turn of the microtask queue: one request of L2 for all of them. */
export class ReadTurn {
  private waiting: Party[] = [];

  constructor(private readonly read: (parties: readonly Party[]) => void) {}

  add(party: Party): void {
    if (this.waiting.push(party) > 1) return;
    queueMicrotask(() => {
      const parties = this.waiting;
      this.waiting = [];
      this.read(parties);
    });
  }
}
