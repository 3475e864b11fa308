import pg from 'pg';
import type { AlertClaim } from '../../src/metrics/alerts/alert.claims.js';
import { ALERT_NAMES } from '../../src/metrics/alerts/alert.rules.js';
import { FleetAlertClaims } from '../../src/metrics/alerts/fleet.alert.claims.js';
import { Database } from '../../src/database/database.js';
import { createPools, type DatabasePools } from '../../src/database/database.pool.js';
import { migrate } from '../../src/database/migration.runner.js';
import { createDatabase, dropDatabase, sharedDatabaseUrl, tcpProxy, type TcpProxy } from '../support/services.js';

describe('what a fleet tells the webhook', () => {
  let url: string;
  let proxy: TcpProxy;
  let pools: DatabasePools;
  let psql: pg.Client;
  let fleet: FleetAlertClaims[];

  beforeEach(async () => {
    url = await createDatabase(sharedDatabaseUrl());
    await migrate(url);
    proxy = await tcpProxy({ target: url });
    pools = createPools(proxy.url, () => undefined);
    psql = new pg.Client(url);
    await psql.connect();
    const database = new Database(pools.requests);
    fleet = ['a', 'b', 'c'].map((name) => new FleetAlertClaims(database, name, ALERT_NAMES));
  });

  afterEach(async () => {
    await Promise.all([pools.requests.end(), pools.outbox.end(), psql.end()]);
    await proxy.close();
    await dropDatabase(url);
  });

  /** All of them look at once. */
  const look = async (raised: (instance: number) => readonly 'high-memory'[]): Promise<AlertClaim[]> =>
    (await Promise.all(fleet.map((claims, at) => claims.look(raised(at))))).flat();
  const all = () => ['high-memory'] as const;
  const none = () => [];
  const onlyB = (at: number) => (at === 1 ? all() : none());
  /** As if so long had passed for the server. */
  const pass = (interval: string) =>
    psql
      .query(`UPDATE chaincache.firing_alerts SET seen_at = seen_at - interval '${interval}'`)
      .then(() =>
        psql.query(`UPDATE chaincache.alert_deliveries SET claimed_until = claimed_until - interval '${interval}'`),
      );

  it('is told by one of them: that an alert fires when the first raises it, that it is over when none does', async () => {
    const claims = await look(all);
    expect(claims).toMatchObject([{ alert: 'high-memory', state: 'firing' }]);
    expect(await look(all)).toEqual([]);
    await fleet[0]!.settle(claims[0]!, true);
    expect(await look(all)).toEqual([]);
    expect(await look(onlyB)).toEqual([]);
    const [over, ...more] = await look(none);
    expect([over!.state, more]).toEqual(['resolved', []]);
    await fleet[2]!.settle(over!, true);
    expect(await look(none)).toEqual([]);
  });

  it('goes on under the same name where the one that was to tell it died, or could not', async () => {
    const [first] = await look(all);
    await pass('61 seconds');
    const again = await look(all);
    expect(again).toEqual([first]);
    await fleet[1]!.settle(again[0]!, false);
    expect(await look(all)).toEqual([first]);
  });

  it('is over when the only one that raised it died', async () => {
    const [fired] = await fleet[1]!.look(all());
    await fleet[1]!.settle(fired!, true);
    const others = async () => (await Promise.all([fleet[0]!, fleet[2]!].map((one) => one.look([])))).flat();
    await pass('50 seconds');
    expect(await others()).toEqual([]);
    await pass('11 seconds');
    expect(await others()).toMatchObject([{ state: 'resolved' }]);
  });

  it('does not wait for an hour when the clock is set back by one', async () => {
    const [first] = await look(all);
    await pass('-1 hour');
    expect(await look(all)).toEqual([first]);
    await fleet[1]!.settle(first!, true);
    await pass('-1 hour');
    expect(await look(none)).toMatchObject([{ state: 'resolved' }]);
  });

  it('is forgotten when it is over before it was told', async () => {
    const [fired] = await look(onlyB);
    expect(await look(none)).toEqual([]);
    const [later] = await look(onlyB);
    expect(later!.delivery).not.toBe(fired!.delivery);
  });

  it('is told by each where the database cannot be asked, but not what it knows to have been told', async () => {
    const [fired] = await look(all);
    await fleet[0]!.settle(fired!, true);
    await look(all);
    await proxy.refuse();
    expect(await look(all)).toEqual([]);
    expect((await look(none)).map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
    await proxy.restore();
    expect(await look(none)).toMatchObject([{ state: 'resolved' }]);
  });
});
