import { EventEmitter2 } from '@nestjs/event-emitter';
import { type Cache, Catalog, createCache } from '@chaincache/cache';
import pino from 'pino';
import { CATALOG_ENTRIES } from '../catalog/catalog.js';
import { BlockCreated } from '../catalog/events/block-created.event.js';
import { isSettled } from '../catalog/events/domain.event.js';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { TxConfirmed } from '../catalog/events/tx-confirmed.event.js';
import { tokenBalances } from '../catalog/token-balances.entry.js';
import { EventPublisher } from './event.publisher.js';

describe('the events of a block', () => {
  let cache: Cache;
  let emitter: EventEmitter2;
  let publisher: EventPublisher;
  let invalidated: string[][];

  beforeEach(() => {
    cache = createCache({ catalog: new Catalog(CATALOG_ENTRIES) });
    emitter = new EventEmitter2();
    publisher = new EventPublisher(cache.invalidator, emitter, pino({ level: 'silent' }));
    invalidated = [];
    cache.events.add({ invalidated: (_kind, names) => void invalidated.push([...names].sort()) });
  });
  afterEach(() => cache.close());

  it('are one invalidation of everybody in it, with the block as the oldest to be kept', async () => {
    const ref = tokenBalances.ref({ address: '0xa' });
    await publisher.publish([new TokensTransferred(1, '0xa', '0xb', 7), new TokensTransferred(1, '0xb', '0xc', 7)]);
    expect(invalidated).toEqual([['wallet:0xa', 'wallet:0xb', 'wallet:0xc']]);
    const freshMsAt = async (height: number): Promise<number> => {
      await cache.manager.getOrSet(
        ref,
        (context) => {
          context.atHeight(height);
          return Promise.resolve({} as never);
        },
        { mode: 'fresh' },
      );
      return (await cache.manager.ttl(ref))!;
    };
    expect(await freshMsAt(6)).toBeLessThanOrEqual(2_000);
    expect(await freshMsAt(7)).toBeGreaterThan(200_000);
  });

  it('are told one by one, after what they make invalid is invalid, as already seen to', async () => {
    const told: unknown[] = [];
    emitter.on(TxConfirmed.type, (event: TxConfirmed) =>
      told.push([event.wallets, isSettled(event), invalidated.length]),
    );
    emitter.on(BlockCreated.type, (event: BlockCreated) =>
      told.push([event.height, isSettled(event), invalidated.length]),
    );
    await publisher.publish([new TxConfirmed(['w'], 5), new BlockCreated(5)]);
    expect(told).toEqual([
      [['w'], true, 2],
      [5, true, 2],
    ]);
    expect(invalidated.flat().sort()).toEqual(['chain', 'miner:w', 'user:w']);
  });

  it('are all told, though a listener fails', async () => {
    const told: number[] = [];
    emitter.on(BlockCreated.type, ({ height }: BlockCreated) => {
      told.push(height);
      if (height === 1) throw new Error('a listener');
    });
    await publisher.publish([new BlockCreated(1), new BlockCreated(2)]);
    expect(told).toEqual([1, 2]);
  });
});
