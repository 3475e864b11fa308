/**
 * A process that commits one change of credits as a request does, and is gone by its own SIGKILL: before it can
 * invalidate anything (`before`), or while it does (`during`). Prints `ready` when everything is loaded and connected,
 * waits for one line (`{"wallet": …, "moment": …, "turns": …}`), and prints when it had committed (ms of the wall clock).
 */
import { writeSync } from 'node:fs';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Catalog, createCache } from '@chaincache/cache';
import { redisTier } from '@chaincache/cache/redis';
import { CATALOG_ENTRIES } from '../../dist/catalog/catalog.js';
import { derivedKey } from '../../dist/config/encryption-keys.parser.js';
import { Database } from '../../dist/database/database.js';
import { createPools } from '../../dist/database/database.pool.js';
import { OwnInvalidations } from '../../dist/database/own.invalidations.js';
import { PostgresOutbox } from '../../dist/database/postgres.outbox.js';
import { UnitOfWork } from '../../dist/database/unit-of-work.js';

const STDOUT = 1;
const { databaseUrl, redisUrl } = JSON.parse(process.argv[2]);

const pools = createPools(databaseUrl, () => undefined);
const outbox = new PostgresOutbox(pools.outbox);
const tier = redisTier({ url: redisUrl });
// Its cache has no part in the relay: what it leaves undone is for the survivors.
const cache = createCache({
  catalog: new Catalog(CATALOG_ENTRIES),
  store: tier.store,
  bus: tier.bus,
  encryption: { keys: [derivedKey(undefined)] },
});
const invalidations = new OwnInvalidations(cache, outbox, { warn: () => undefined });
await pools.requests.query('SELECT 1');
while (cache.storeState() === 'down') await turn();
writeSync(STDOUT, 'ready\n');

const [line] = await once(process.stdin, 'data');
const { wallet, moment, turns } = JSON.parse(line);

const dies = {
  async apply(rows) {
    writeSync(STDOUT, `${Date.now()}\n`);
    if (moment === 'during') {
      void invalidations.apply(rows);
      for (let taken = 0; taken < turns; taken += 1) await turn();
    }
    process.kill(process.pid, 'SIGKILL');
  },
};
const unitOfWork = new UnitOfWork(new Database(pools.requests), dies, { publish: () => undefined });
const statement = `UPDATE chaincache.users SET credits = credits + 1 WHERE wallet_address = '${wallet}'`;
await unitOfWork.run((statements) => statements.execute(statement), { apply: 'through' });
