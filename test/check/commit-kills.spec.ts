import { createDatabase, sharedDatabaseUrl, startRedis, type TestRedis } from '../support/services.js';
import { runCommitKills } from './commit-kills.run.js';

/** What a thousand kills show in `npm run check:commit-kills`, in short. */
describe('a process killed right after its commit', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const urls = async (): Promise<{ databaseUrl: string; redisUrl: string }> => ({
    databaseUrl: await createDatabase(sharedDatabaseUrl()),
    redisUrl: redis.url,
  });

  it('loses no invalidation: the instances that survive show what it committed', async () => {
    const report = await runCommitKills({ ...(await urls()), kills: 20, batch: 4, seed: 20 });
    expect(report).toMatchObject({ kills: 20, lost: 0, pending: 0 });
  }, 120_000);

  it('would lose it without what the commit leaves in the outbox', async () => {
    const options = { ...(await urls()), kills: 1, batch: 1, seed: 1 };
    const report = await runCommitKills(options, (database) =>
      database.query('ALTER TABLE chaincache.users DISABLE TRIGGER USER'),
    );
    expect(report).toMatchObject({ lost: 2, pending: 0 });
  }, 120_000);
});
