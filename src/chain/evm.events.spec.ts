import { EventEmitter2 } from '@nestjs/event-emitter';
import { type Cache, Catalog, createCache } from '@chaincache/cache';
import pino from 'pino';
import { CATALOG_ENTRIES } from '../catalog/catalog.js';
import { ChainReorged } from '../catalog/events/chain-reorged.event.js';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { tokenBalances } from '../catalog/token-balances.entry.js';
import { ChainStatus } from './chain.status.js';
import { EventPublisher } from './event.publisher.js';
import type { BlockListener } from './evm/evm.types.js';
import { EvmEvents } from './evm.events.js';
import { SeenTransfers } from './seen.transfers.js';

const CHAIN = 8453;
const block = { number: 10, hash: '0x1', parentHash: '0x0' };

describe('on an EVM chain', () => {
  let cache: Cache;
  let emitter: EventEmitter2;
  let seen: SeenTransfers;
  let listener: BlockListener;

  beforeEach(() => {
    cache = createCache({ catalog: new Catalog(CATALOG_ENTRIES) });
    emitter = new EventEmitter2();
    seen = new SeenTransfers(new ChainStatus());
    const publisher = new EventPublisher(cache.invalidator, emitter, pino({ level: 'silent' }));
    listener = new EvmEvents(publisher, cache.invalidator, seen).of(CHAIN);
  });
  afterEach(() => cache.close());

  /** Loads what is not cached, as if the indexer had read it at this height. @returns how long it is kept */
  async function keptMs(address: string, height: number): Promise<number> {
    const ref = tokenBalances.ref({ address });
    await cache.manager.getOrSet(ref, (context) => {
      context.atHeight(height);
      return Promise.resolve({} as never);
    });
    return (await cache.manager.ttl(ref))!;
  }

  const isCached = (address: string): Promise<boolean> => cache.manager.has(tokenBalances.ref({ address }));

  it('a block tells of each pair once, and is the oldest at which its wallets may be read', async () => {
    const told: TokensTransferred[] = [];
    emitter.on(TokensTransferred.type, (event: TokensTransferred) => told.push(event));
    const transfers = ['t', 'u'].map((token) => ({ token, from: '0xa', to: '0xb' }));
    await listener.onBlock({ ...block, transfers });
    expect(told).toEqual([new TokensTransferred(CHAIN, '0xa', '0xb', 10)]);
    expect(await keptMs('0xa', 9)).toBeLessThanOrEqual(2_000);
    expect(await keptMs('0xb', 10)).toBeGreaterThan(200_000);
    expect([9, 10].map((height) => seen.lags('0xb', new Map([[CHAIN, height]])))).toEqual([true, false]);
  });

  it('what orphaned blocks did is invalid, and is not believed at a height that the old branch had', async () => {
    const told: ChainReorged[] = [];
    emitter.on(ChainReorged.type, (event: ChainReorged) => told.push(event));
    await keptMs('0xa', 20);
    await keptMs('0xother', 20);
    await listener.onReorg({ forkHeight: 14, orphanedHeight: 20, wallets: ['0xa'] });
    expect([await isCached('0xa'), await isCached('0xother')]).toEqual([false, true]);
    expect(told).toEqual([new ChainReorged(CHAIN, 14, ['0xa'])]);
    expect(seen.lags('0xa', new Map([[CHAIN, 20]]))).toBe(true);
    expect(await keptMs('0xa', 20)).toBeLessThanOrEqual(2_000);
    await cache.invalidator.invalidateKey(tokenBalances.ref({ address: '0xa' }));
    expect(await keptMs('0xa', 21)).toBeGreaterThan(200_000);
  });

  it('after a gap that is not read, nothing is believed that is older than its end', async () => {
    await keptMs('0xa', 20);
    await listener.onLost(500);
    expect(await isCached('0xa')).toBe(false);
    expect([499, 500].map((height) => seen.lags('0xa', new Map([[CHAIN, height]])))).toEqual([true, false]);
  });

  it('a block of very many wallets is made invalid in steps, and all of it', async () => {
    const steps: number[] = [];
    cache.events.add({ invalidated: (_kind, names) => void steps.push(names.length) });
    const transfers = Array.from({ length: 250 }, (_, at) => ({ token: 't', from: `0xa${at}`, to: `0xb${at}` }));
    await listener.onBlock({ ...block, transfers });
    expect(steps).toEqual([200, 200, 100]);
  });
});
