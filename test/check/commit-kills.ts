/**
 * Kills processes right after their commits and looks whether the surviving instances show what was committed. Ends with
 * one line of JSON; exits with 1 when a change was lost, or shown later than a second after its commit.
 */
import { parseArgs } from 'node:util';
import { startPostgres, startRedis } from '../support/services.js';
import { runCommitKills } from './commit-kills.run.js';

const { values: args } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    batch: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
  },
});

const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
try {
  const startedAt = performance.now();
  const report = await runCommitKills({
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    kills: Number(args.kills),
    batch: Number(args.batch),
    seed: Number(args.seed),
  });
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(`${JSON.stringify({ check: 'commit-kills', seed: Number(args.seed), ...report, seconds })}\n`);
  if (report.lost + report.late + report.pending > 0) process.exitCode = 1;
} finally {
  await Promise.all([postgres.stop(), redis.stop()]);
}
