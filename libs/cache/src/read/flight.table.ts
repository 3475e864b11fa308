import type { Flight } from './flight.js';

/** So many keys of flights that are over may stay before they are swept out. */
const MOST_LEFT = 1_024;

/**
 * The flights under way that others may join, by full key.
 *
 * A flight that is over leaves its key behind, with nothing, instead of being deleted: a Map of V8 whose entries come and
 * go is made anew every few times, each table that was left refers to the next one, and once the first has grown old no
 * collection of young garbage frees any of them, nor what they hold.
 */
export class FlightTable {
  private flights = new Map<string, Flight | null>();
  private underWay = 0;

  get(key: string): Flight | null {
    return this.flights.get(key) ?? null;
  }

  /** From now on it is the one to be joined. */
  add(flight: Flight): void {
    const { key } = flight;
    if (this.get(key) === null) this.underWay += 1;
    this.flights.set(key, flight);
  }

  /** It is over; nothing happens where another one has taken its place. */
  remove(flight: Flight): void {
    const { key } = flight;
    if (this.flights.get(key) !== flight) return;
    this.flights.set(key, null);
    this.underWay -= 1;
    if (this.flights.size - this.underWay > MOST_LEFT + this.underWay) this.sweep();
  }

  /** How many keys it holds, with those of flights that are over: for tests of leaks. */
  get size(): number {
    return this.flights.size;
  }

  private sweep(): void {
    const left = this.flights;
    this.flights = new Map();
    for (const [key, flight] of left) if (flight !== null) this.flights.set(key, flight);
  }
}
