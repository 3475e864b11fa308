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
});
