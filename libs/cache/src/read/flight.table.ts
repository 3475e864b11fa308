import type { Flight } from './flight.js';

/** So many flights that are over may stay before they are swept out. */
const MOST_LEFT = 1_024;

/**
 * The flights under way that others may join, by full key.
 *
 * Those that are over stay for a while, emptied, instead of being deleted: a Map of V8 whose entries come and go is made
 * anew every few times, each table that was left refers to the next one, and once the first has grown old no collection
 * of young garbage frees any of them, nor what they hold.
 */
export class FlightTable {
  private flights = new Map<string, Flight>();
  private underWay = 0;

  get(key: string): Flight | null {
    const flight = this.flights.get(key);
    return flight === undefined || flight.isOver ? null : flight;
  }

  /** From now on it is the one to be joined. */
  add(flight: Flight): void {
    this.flights.set(flight.key, flight);
    this.underWay += 1;
  }

  /** It is over. */
  end(flight: Flight): void {
    if (flight.isOver) return;
    flight.end();
    this.underWay -= 1;
    if (this.flights.size - this.underWay > MOST_LEFT + this.underWay) this.sweep();
  }

  /** How many it holds, with those that are over: for tests of leaks. */
  get size(): number {
    return this.flights.size;
  }

  private sweep(): void {
    const left = this.flights;
    this.flights = new Map();
    for (const [key, flight] of left) if (!flight.isOver) this.flights.set(key, flight);
  }
}
