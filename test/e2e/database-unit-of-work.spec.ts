import { AsyncResource } from 'node:async_hooks';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { type Cache, Catalog, createCache } from '@chaincache/cache';
import pg from 'pg';
import { pino } from 'pino';
import { UserUpdated } from '../../src/catalog/events/user-updated.event.js';
import { userCredits } from '../../src/catalog/user.entries.js';
import { CommittedEvents } from '../../src/database/committed.events.js';
import { Database, type Statements } from '../../src/database/database.js';
import { createPools, type DatabasePools } from '../../src/database/database.pool.js';
import { users } from '../../src/database/database.tables.js';
import { migrate } from '../../src/database/migration.runner.js';
import { OwnInvalidations } from '../../src/database/own.invalidations.js';
import { PostgresOutbox } from '../../src/database/postgres.outbox.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { tcpProxy } from '../support/services.js';
import { databaseForSpec } from './database-for-spec.js';

/** As another request: with nothing of the caller's context. */
const anotherRequest = new AsyncResource('another-request');

describe('a unit of work', () => {
  let pools: DatabasePools;
  let outbox: PostgresOutbox;
  let database: Database;
  let cache: Cache;
  let emitter: EventEmitter2;
  let unitOfWork: UnitOfWork;
  let psql: pg.Client;

  beforeAll(async () => {
    const url = await databaseForSpec();
    await migrate(url);
    psql = new pg.Client(url);
    await psql.connect();
    pools = createPools(url, () => undefined);
    outbox = new PostgresOutbox(pools.outbox);
    database = new Database(pools.requests);
    // Not started: nothing but the unit of work itself applies what it leaves.
    cache = createCache({ catalog: new Catalog([userCredits]), outbox });
    emitter = new EventEmitter2();
    const logger = pino({ level: 'silent' });
    const own = new OwnInvalidations(cache, outbox, logger);
    unitOfWork = new UnitOfWork(database, own, new CommittedEvents(emitter, logger));
  }, 30_000);

  afterAll(async () => {
    await unitOfWork.settle();
    await cache.close();
    await pools.requests.end();
    await psql.end();
  });

  beforeEach(async () => {
    await psql.query('TRUNCATE chaincache.users CASCADE');
    await psql.query(`INSERT INTO chaincache.users VALUES ('a')`);
    await psql.query('TRUNCATE chaincache.cache_outbox');
    await cache.invalidator.invalidateAll();
  });

  const ref = userCredits.ref({ wallet: 'a' });
  const load = async () => {
    const [user] = await database.read((statements) => statements.select().from(users));
    return { wallet: 'a', credits: user!.credits.toString() };
  };
  const cached = async (): Promise<string> => (await cache.manager.getOrSet(ref, load)).credits;
  const setCredits = (credits: bigint) => async (statements: Statements) => {
    await statements.update(users).set({ credits });
  };

  /** The emitter waits for what a listener returns, though its types do not say so. */
  const listenOnce = (handle: () => Promise<void>) => emitter.once(UserUpdated.type, handle as () => void);

  it('through: when it ends, what it changed is invalid, and the outbox knows it', async () => {
    expect(await cached()).toBe('0');
    await unitOfWork.run(setCredits(5n), { apply: 'through' });
    expect(await cached()).toBe('5');
    await unitOfWork.settle();
    expect(await outbox.pending(10)).toEqual([]);
    expect((await outbox.recent()).map(({ message }) => message.tags)).toEqual([['user:a']]);
  });

  it('behind: the caller does not wait for listeners, and what it changed is invalid right after', async () => {
    expect(await cached()).toBe('0');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    listenOnce(() => held);
    const events = () => [new UserUpdated('a')];
    await unitOfWork.run(setCredits(6n), { apply: 'behind', events });
    const settled = unitOfWork.settle();
    release();
    await settled;
    expect(await cached()).toBe('6');
    expect(await outbox.pending(10)).toEqual([]);
  });

  it('invalidates nothing before the commit: a reader in between cannot leave the old value behind', async () => {
    expect(await cached()).toBe('0');
    await unitOfWork.run(
      async (statements) => {
        await setCredits(7n)(statements);
        // Another request, which sees what was committed: still cached, and still right.
        const other = await anotherRequest.runInAsyncScope(() => cache.manager.getOrSetResult(ref, load));
        expect([other.tier, other.value.credits]).toEqual(['L1', '0']);
      },
      { apply: 'through' },
    );
    expect(await cached()).toBe('7');
  });

  it('leaves nothing behind when its work fails: no row, no event, no invalidation', async () => {
    expect(await cached()).toBe('0');
    const heard = jest.fn();
    emitter.on(UserUpdated.type, heard);
    const work = async (statements: Statements): Promise<void> => {
      await setCredits(8n)(statements);
      throw new Error('changed my mind');
    };
    const run = unitOfWork.run(work, { apply: 'through', events: () => [new UserUpdated('a')] });
    await expect(run).rejects.toThrow('changed my mind');
    emitter.off(UserUpdated.type, heard);
    expect(heard).not.toHaveBeenCalled();
    expect((await cache.manager.getOrSetResult(ref, load)).tier).toBe('L1');
    expect(await outbox.pending(10)).toEqual([]);
    expect(pools.requests.idleCount).toBe(pools.requests.totalCount);
  });

  it('does not commit what failed and was kept quiet', async () => {
    const work = async (statements: Statements): Promise<void> => {
      await setCredits(9n)(statements);
      await setCredits(-1n)(statements).catch(() => undefined);
    };
    await expect(unitOfWork.run(work, { apply: 'through' })).rejects.toThrow('transaction is aborted');
    expect(await cached()).toBe('0');
  });

  it('fills no cache from inside: reading beside the open transaction is refused', async () => {
    await cache.invalidator.invalidateAll();
    const run = unitOfWork.run(() => cache.manager.getOrSet(ref, load), { apply: 'through' });
    await expect(run).rejects.toThrow('read through the transaction that is open');
  });

  it('runs again when it met another one', async () => {
    await psql.query(`INSERT INTO chaincache.users VALUES ('b')`);
    let arrived = 0;
    let both = (): void => undefined;
    const met = new Promise<void>((resolve) => (both = resolve));
    const swap = (first: string, second: string) =>
      unitOfWork.run(
        async (statements) => {
          await statements.execute(
            `UPDATE chaincache.users SET credits = credits + 1 WHERE wallet_address = '${first}'`,
          );
          arrived += 1;
          if (arrived === 2) both();
          await met;
          await statements.execute(
            `UPDATE chaincache.users SET credits = credits + 1 WHERE wallet_address = '${second}'`,
          );
        },
        { apply: 'through' },
      );
    await Promise.all([swap('a', 'b'), swap('b', 'a')]);
    const { rows } = await psql.query('SELECT credits FROM chaincache.users');
    expect(rows).toEqual([{ credits: '2' }, { credits: '2' }]);
    expect(arrived).toBeGreaterThan(2);
  }, 10_000);

  it('gives no connection back that may still be in the middle of something', async () => {
    const proxy = await tcpProxy({ target: await databaseForSpec() });
    const { requests, outbox: unused } = createPools(proxy.url, () => undefined);
    const beyond = new Database(requests);
    const work = (statements: Statements) => statements.select().from(users);
    await beyond.transaction(work);
    expect(requests.totalCount).toBe(1);
    proxy.blackhole();
    await expect(beyond.transaction(work)).rejects.toThrow('could not be reached in time');
    expect(requests.totalCount).toBe(0);
    await proxy.close();
    await Promise.all([requests.end(), unused.end()]);
  }, 15_000);

  it('has happened, whatever its listeners do', async () => {
    listenOnce(() => Promise.reject(new Error('a listener failed')));
    const events = () => [new UserUpdated('a')];
    await unitOfWork.run(setCredits(10n), { apply: 'through', events });
    expect(await cached()).toBe('10');
  });

  it('is told to listeners only when everybody can read it', async () => {
    expect(await cached()).toBe('0');
    let seen: string | undefined;
    listenOnce(async () => {
      seen = await cached();
    });
    await unitOfWork.run(setCredits(11n), { apply: 'through', events: () => [new UserUpdated('a')] });
    expect(seen).toBe('11');
  });
});
