import { bulkOf, type BulkLoader, type Loader } from '../load/loader-call.js';
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

interface Turn {
  readonly flights: Flight[];
  readonly read: Promise<void>;
}

/** Most flights of different callers that share a request: a longer one would hold the store for everybody. */
const MAX_FLIGHTS = 256;

/**
 * Gathers those who want to look in L2 in the same turn of the microtask queue: one request for all of them. Each awaits
 * it by itself, so that what follows runs in its own async context.
 */
export class ReadTurn {
  private open: Turn | null = null;

  /** @param readAll gives each flight its snapshot; none to what could not be read */
  constructor(private readonly readAll: (flights: readonly Flight[]) => Promise<void>) {}

  /** @returns when each of the flights has its snapshot, if any */
  join(flights: readonly Flight[]): Promise<void> {
    let turn = this.open;
    if (turn === null || turn.flights.length + flights.length > MAX_FLIGHTS) {
      turn = this.begin();
      this.open = turn;
    }
    for (const flight of flights) turn.flights.push(flight);
    return turn.read;
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
