import { Catalog } from '../catalog.js';
import { Tombstones } from '../protocol/tombstones.js';
import { Flight } from './flight.js';
import { FlightTable } from './flight.table.js';

const catalog = new Catalog([]);
const flightOf = (key: string): Flight => {
  const ref = catalog.refOf(key);
  return new Flight(ref, ref.entry.policy, new Tombstones(), { q: 0, since: 0 }, undefined);
};

describe('flight table', () => {
  it('knows the flight that was added last for a key, until that one is over', () => {
    const table = new FlightTable();
    const [first, second] = [flightOf('a'), flightOf('a')];
    table.add(first);
    table.add(second);
    table.end(first);
    expect(table.get('a')).toBe(second);

    table.end(second);
    expect(table.get('a')).toBeNull();
  });

  it('keeps nothing of what a flight brought, and nobody who waited', () => {
    const table = new FlightTable();
    const flight = flightOf('a');
    table.add(flight);
    flight.wait({ answered: () => {}, failed: () => {} });
    flight.stale = { value: 'old', bornAt: 0, asked: flight.asked };
    flight.settle({ value: 'new', tier: 'L2', ageMs: 0, freshForMs: 1 });
    table.end(flight);
    expect(flight).toMatchObject({ answer: null, stale: null, waiter: null, settled: true });
  });

  it('forgets flights that are over, and none that is under way', () => {
    const table = new FlightTable();
    const underWay = Array.from({ length: 50 }, (_none, index) => flightOf(`under way ${index}`));
    for (const flight of underWay) table.add(flight);
    for (let index = 0; index < 10_000; index += 1) {
      const flight = flightOf(`over ${index}`);
      table.add(flight);
      table.end(flight);
      table.end(flight);
    }
    expect(table.size).toBeLessThan(2_000);
    for (const flight of underWay) expect(table.get(flight.key)).toBe(flight);
  });
});
