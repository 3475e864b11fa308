import { KnownIdentities } from './known.identities.js';

const [a, b, c] = ['server a', 'server b', 'server c'].map((name) => Buffer.from(name)) as [Buffer, Buffer, Buffer];

describe('the identities that a process has seen', () => {
  let identities: KnownIdentities;
  beforeEach(() => {
    identities = new KnownIdentities();
  });

  it('are known when nothing was between, across a lost connection too', () => {
    expect(identities.see(a)).toBe('known');
    identities.lost();
    identities.lost();
    expect(identities.see(a)).toBe('known');
  });

  it('are new for a server that was never seen before', () => {
    identities.see(a);
    identities.lost();
    expect(identities.see(b)).toBe('new');
    expect(identities.see(b)).toBe('known');
  });

  it('have returned when another was the master in between', () => {
    identities.see(a);
    for (const expected of ['returned', 'returned']) {
      identities.lost();
      identities.see(b);
      identities.lost();
      expect(identities.see(a)).toBe(expected);
    }
  });

  it('of several shards are known again after an outage, and one that is new among them is no return of the others', () => {
    for (const identity of [a, b]) identities.see(identity);
    identities.lost();
    expect(identities.see(c)).toBe('new');
    expect(identities.see(a)).toBe('known');
    identities.lost();
    for (const identity of [c, a, b]) expect(identities.see(identity)).toBe('known');
  });

  it('of shards that were not asked between two outages are known still', () => {
    for (const identity of [a, b]) identities.see(identity);
    for (const asked of [a, b, a]) {
      identities.lost();
      expect(identities.see(asked)).toBe('known');
    }
    expect(identities.see(b)).toBe('known');
  });

  it('are kept as they were, although the bytes that told them are used again', () => {
    const chunk = Buffer.from(a);
    identities.see(chunk);
    b.copy(chunk);
    expect(identities.see(a)).toBe('known');
  });
});
