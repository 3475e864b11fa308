import { ApiKeyCreated } from './events/api-key-created.event.js';
import { ApiKeyRevoked } from './events/api-key-revoked.event.js';
import { BlockCreated } from './events/block-created.event.js';
import { ChainReorged } from './events/chain-reorged.event.js';
import { CreditsChanged } from './events/credits-changed.event.js';
import { MinerRegistered } from './events/miner-registered.event.js';
import { MinerStatsUpdated } from './events/miner-stats-updated.event.js';
import { TokensTransferred } from './events/tokens-transferred.event.js';
import { TxConfirmed } from './events/tx-confirmed.event.js';
import { UserLoggedIn } from './events/user-logged-in.event.js';
import { UserUpdated } from './events/user-updated.event.js';
import { invalidationOf } from './invalidations.js';

const [ALICE, BOB] = ['0xa11ce', '0xb0b'];

describe('what an event makes invalid', () => {
  it.each<[object, object]>([
    [new CreditsChanged('w'), { tags: ['user:w'], keys: [] }],
    [new UserUpdated('w'), { tags: ['user:w'], keys: [] }],
    [new UserLoggedIn('w'), { tags: [], keys: [] }],
    [new MinerRegistered('w'), { tags: ['user:w'], keys: [] }],
    [new MinerStatsUpdated('w'), { tags: ['miner:w'], keys: [] }],
    [new BlockCreated(7), { tags: ['chain'], keys: [], minHeight: 7 }],
    [new TxConfirmed(['v', 'w'], 7), { tags: ['user:v', 'miner:v', 'user:w', 'miner:w'], keys: [] }],
    [new TokensTransferred(1, ALICE, BOB, 7), { tags: ['wallet:0xa11ce', 'wallet:0xb0b'], keys: [], minHeight: 7 }],
    [new ChainReorged(1, 7, [ALICE, BOB]), { tags: ['chain', 'wallet:0xa11ce', 'wallet:0xb0b'], keys: [] }],
    [new ApiKeyCreated('ab'), { tags: [], keys: ['api:key:ab'] }],
    [new ApiKeyRevoked('ab'), { tags: [], keys: ['api:key:ab'] }],
  ])('%j', (event, due) => {
    expect(invalidationOf(event)).toEqual(due);
  });

  it('is not guessed for an event that nobody has a rule for', () => {
    class SomethingHappened {
      static readonly type = 'something.happened';

      constructor(readonly wallet: string) {}
    }
    expect(() => invalidationOf(new SomethingHappened('w'))).toThrow('something.happened');
  });
});
