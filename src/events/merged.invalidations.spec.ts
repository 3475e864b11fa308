import { ApiKeyRevoked } from '../catalog/events/api-key-revoked.event.js';
import { BlockCreated } from '../catalog/events/block-created.event.js';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { UserUpdated } from '../catalog/events/user-updated.event.js';
import { dueOf } from './merged.invalidations.js';

describe('what a batch makes invalid', () => {
  it('names everything once', () => {
    const events = [new UserUpdated('w'), new UserUpdated('w'), new UserUpdated('v'), new ApiKeyRevoked('ab')];
    expect(dueOf(events)).toEqual([
      { tags: ['user:w', 'user:v'], keys: [], minHeight: null },
      { tags: [], keys: ['api:key:ab'], minHeight: null },
    ]);
  });

  it('demands the highest block of each chain, and none for what has no block', () => {
    const events = [
      new TokensTransferred(1, 'a', 'b', 5),
      new TokensTransferred(1, 'b', 'c', 7),
      new TokensTransferred(2, 'a', 'd', 100),
      new BlockCreated(9),
      new UserUpdated('w'),
    ];
    expect(dueOf(events)).toEqual([
      { tags: ['user:w'], keys: [], minHeight: null },
      { tags: ['wallet:a', 'wallet:b', 'wallet:c'], keys: [], minHeight: 7n },
      { tags: ['wallet:a', 'wallet:d'], keys: [], minHeight: 100n },
      { tags: ['chain'], keys: [], minHeight: 9n },
    ]);
  });

  it('is written in rows of at most 500 names', () => {
    const rows = dueOf(Array.from({ length: 1_001 }, (_none, index) => new UserUpdated(`w${index}`)));
    expect(rows.map(({ tags }) => tags.length)).toEqual([500, 500, 1]);
  });

  it('is nothing for events that make nothing invalid', () => {
    expect(dueOf([])).toEqual([]);
  });
});
