import type { Flight } from './flight.js';
import { bulkOf, type BulkLoader, type Loader } from '../load/loader-call.js';

/** Flights of one caller: they look in L2 first, and what is not there is loaded together. */
export interface Party {
  readonly flights: readonly Flight[];
  readonly load: BulkLoader<unknown>;
}

/** A party of one, whose loader is made a bulk one only if it is needed. */
export class Single implements Party {
  readonly flights: readonly [Flight];

  constructor(
    flight: Flight,
    private readonly loader: Loader<unknown>,
  ) {
    this.flights = [flight];
  }

  get load(): BulkLoader<unknown> {
    return bulkOf(this.loader);
  }
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
