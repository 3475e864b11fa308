import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, type TestRedis } from '../support/services.js';
import type { Fault } from './topology.js';

const FULL_MS = 800;

/** What can happen to the data and the connections of any Redis, whatever its topology. */
export function keyFaults(servers: () => readonly TestRedis[]): Fault[] {
  const everywhere = (strike: (server: TestRedis) => Promise<unknown>) => async (): Promise<void> => {
    await Promise.all(servers().map(strike));
  };
  return [
    { name: 'flushall', strike: everywhere((server) => redisCommand(server, 'FLUSHALL')) },
    {
      name: 'clients-killed',
      strike: everywhere((server) => redisCommand(server, 'CLIENT', 'KILL', 'TYPE', 'normal')),
    },
    {
      name: 'subscribers-killed',
      strike: everywhere((server) => redisCommand(server, 'CLIENT', 'KILL', 'TYPE', 'pubsub')),
    },
    { name: 'versions-evicted', strike: everywhere(evictVersions) },
    { name: 'values-poisoned', strike: everywhere(poison) },
    { name: 'redis-full', strike: everywhere(fill) },
  ];
}

async function keysLike(server: TestRedis, pattern: string): Promise<string[]> {
  return (await redisCommand(server, 'KEYS', pattern)) as string[];
}

async function evictVersions(server: TestRedis): Promise<void> {
  const versions = await keysLike(server, '*_v:*');
  for (const key of versions.filter((_key, index) => index % 2 === 0)) await redisCommand(server, 'DEL', key);
}

/** Garbage, another type, a truncated value, another key's value, a version that is none. */
async function poison(server: TestRedis): Promise<void> {
  const keys = (await keysLike(server, '*tokens:*')).filter((key) => !key.includes('_'));
  const [garbage, list, truncated, from, to] = keys;
  if (garbage !== undefined) await redisCommand(server, 'SET', garbage, 'garbage');
  if (list !== undefined) {
    await redisCommand(server, 'DEL', list);
    await strikeString(server, 'RPUSH', list, 'no', 'string');
  }
  if (truncated !== undefined) await strikeString(server, 'SETRANGE', truncated, 20, 'xxxxxxxx');
  if (from !== undefined && to !== undefined && sameSlot(from, to))
    await redisCommand(server, 'COPY', from, to, 'REPLACE');
  const [version] = await keysLike(server, '*_v:wallet:*');
  if (version !== undefined) await redisCommand(server, 'SET', version, 'short');
}

/** The key may be a list since the last time, or a string again: then it is poisoned as it is, or not at all. */
async function strikeString(
  server: TestRedis,
  ...command: Parameters<typeof redisCommand> extends [unknown, ...infer A] ? A : never
): Promise<void> {
  await redisCommand(server, ...command).catch((error: unknown) => {
    if (!String(error).includes('WRONGTYPE')) throw error;
  });
}

function sameSlot(one: string, other: string): boolean {
  const slotOf = (key: string) => /^\{[^}]*\}/.exec(key)?.[0];
  return slotOf(one) === slotOf(other);
}

async function fill(server: TestRedis): Promise<void> {
  await redisCommand(server, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  await redisCommand(server, 'CONFIG', 'SET', 'maxmemory', '100kb');
  await sleep(FULL_MS);
  await redisCommand(server, 'CONFIG', 'SET', 'maxmemory', '0');
}
