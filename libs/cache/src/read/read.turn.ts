import { bulkOf, type BulkLoader, type Loader } from '../load/loader-call.js';
import type { Snapshot } from '../store/store.port.js';
import type { Flight } from './flight.js';

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

/** In the order of the flights; null for what could not be read, and for all when nothing could. */
export type Snapshots = readonly (Snapshot | null)[] | null;

interface Turn {
  readonly flights: Flight[];
  readonly read: Promise<Snapshots>;
}

/** Most flights of different callers that share a request: a longer one would hold the store for everybody. */
const MAX_FLIGHTS = 256;

/**
 * Gathers those who want to look in L2 in the same turn of the microtask queue: one request for all of them. Each awaits
 * it by itself, so that what follows runs in its own async context.
 */
export class ReadTurn {
  private open: Turn | null = null;

  constructor(private readonly readAll: (flights: readonly Flight[]) => Promise<Snapshots>) {}

  /** @returns what all will be given, and where one's own begins in it */
  join(flights: readonly Flight[]): { readonly read: Promise<Snapshots>; readonly from: number } {
    let turn = this.open;
    if (turn === null || turn.flights.length + flights.length > MAX_FLIGHTS) {
      turn = this.begin();
      this.open = turn;
    }
    const from = turn.flights.length;
    for (const flight of flights) turn.flights.push(flight);
    return { read: turn.read, from };
  }

  private begin(): Turn {
    const flights: Flight[] = [];
    const turn: Turn = {
      flights,
      read: Promise.resolve().then(() => {
        if (this.open === turn) this.open = null;
        return this.readAll(flights);
      }),
    };
    return turn;
  }
}
