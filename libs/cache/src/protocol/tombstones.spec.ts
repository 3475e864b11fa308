import { Tombstones } from './tombstones.js';

describe('tombstones', () => {
  it('spare what was asked for after an invalidation, and nothing that was asked for before', () => {
    const tombstones = new Tombstones();
    const marks = tombstones.hold(['a', 'b']);
    const before = tombstones.epoch;
    expect(tombstones.spares(before, marks)).toBe(true);
    expect(tombstones.bury(['b', 'unknown'])).toBe(1);
    expect(tombstones.spares(before, marks)).toBe(false);
    expect(tombstones.spares(tombstones.epoch, marks)).toBe(true);
  });

  it('concern only who depends on the name', () => {
    const tombstones = new Tombstones();
    const marks = tombstones.hold(['a']);
    const before = tombstones.epoch;
    tombstones.bury(['b']);
    expect(tombstones.spares(before, marks)).toBe(true);
  });

  it('a flush concerns everything asked for before it', () => {
    const tombstones = new Tombstones();
    const before = tombstones.epoch;
    tombstones.flush();
    expect(tombstones.spares(before, [])).toBe(false);
    expect(tombstones.spares(tombstones.epoch, [])).toBe(true);
  });

  it('are kept while somebody depends on the name, and no longer', () => {
    const tombstones = new Tombstones();
    const one = tombstones.hold(['a']);
    const other = tombstones.hold(['a']);
    tombstones.release(one);
    const before = tombstones.epoch;
    tombstones.bury(['a']);
    expect(tombstones.spares(before, other)).toBe(false);
    tombstones.release(other);
    expect(tombstones.size).toBe(0);
  });

  it('are told for names that nobody holds, from the latest invalidations', () => {
    const tombstones = new Tombstones();
    tombstones.bury(['a']);
    const since = tombstones.epoch;
    expect(tombstones.sparesNames(since, ['a', 'b'], 'own')).toBe(true);
    tombstones.bury(['c', 'd']);
    expect(tombstones.sparesNames(since, ['a', 'b'], 'own')).toBe(true);
    expect(tombstones.sparesNames(since, ['a', 'd'], 'own')).toBe(false);
    expect(tombstones.sparesNames(since, ['a', 'b'], 'c')).toBe(false);
    expect(tombstones.sparesNames(tombstones.epoch, ['d'], 'c')).toBe(true);
    tombstones.flush();
    expect(tombstones.sparesNames(tombstones.epoch - 1, ['a'], 'own')).toBe(false);
  });

  it('spare no name of before those that are remembered', () => {
    const tombstones = new Tombstones();
    const since = tombstones.epoch;
    for (let time = 0; time < 4_096; time += 1) tombstones.bury([`n${time}`]);
    expect(tombstones.sparesNames(since, ['a'], 'own')).toBe(true);
    expect(tombstones.sparesNames(since, ['n0'], 'own')).toBe(false);
    tombstones.bury(['one more']);
    expect(tombstones.sparesNames(since, ['a'], 'own')).toBe(false);
    expect(tombstones.sparesNames(since + 1, ['a'], 'own')).toBe(true);
  });
});
