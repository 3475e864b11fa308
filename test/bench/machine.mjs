import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { redisCommand, startRedis } from '../../tools/test-services.mjs';
import { canPin } from './pinning.mjs';

const here = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
/** Those that are no caches, but what caches stand on. */
const NO_PEERS = new Set(['@boringnode/bus', '@qified/redis', 'qified']);

/** What a run was made on, and against what. */
export async function machine() {
  return {
    cores: cpus().length,
    processor: cpus()[0].model,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    load: loadavg()[0],
    pinned: canPin,
    node: process.version,
    redis: await redisVersion(),
    versions: versions(),
  };
}

async function redisVersion() {
  const redis = await startRedis();
  const info = await redisCommand(redis, 'INFO', 'server');
  await redis.stop();
  return /^redis_version:(\S+)/m.exec(info)[1];
}

function versions() {
  const { dependencies } = here('./package.json');
  return Object.fromEntries(
    Object.entries(dependencies)
      .filter(([name]) => !NO_PEERS.has(name))
      .map(([name, version]) => [name, version.replace(/^npm:.*@/, '')]),
  );
}
