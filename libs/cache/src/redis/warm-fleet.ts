import type { Cluster, Redis } from 'ioredis';
import type { CampaignReply, RoundReply, WarmFleet } from '../warming/warm-fleet.port.js';
import type { Script } from './scripts/script.js';
import { BEGIN_ROUND, CAMPAIGN, RESIGN, TAKE_CALLS } from './scripts/warm-fleet.scripts.js';
import { unavailable } from './unavailable.error.js';

const MINUTE_MS = 60_000;

/**
 * One leader among all processes that share a Redis, by a lease with a fencing token, and one budget. On a Cluster all of
 * it is in one slot.
 *
 * A failover to a replica that has not heard of the lease may make two leaders until the first one renews: then a round
 * may run twice, which costs a load and breaks nothing.
 */
export function redisWarmFleet(client: Redis | Cluster, keyPrefix: string): WarmFleet {
  const keyOf = (name: string): string => `${keyPrefix}_w:{warm}:${name}`;
  const leader = keyOf('leader');
  return {
    async campaign(candidate, leaseMs): Promise<CampaignReply> {
      const [leads, figure] = await run(client, CAMPAIGN, [leader, keyOf('fence')], [candidate, whole(leaseMs)]);
      if (leads === 0) return { kind: 'follows', remainingMs: figure! };
      return { kind: 'leads', tenure: { holder: `${candidate}:${figure}`, fence: figure! } };
    },

    async resign({ holder }): Promise<void> {
      await run(client, RESIGN, [leader], [holder]);
    },

    async begin({ holder }, round, holdMs): Promise<RoundReply> {
      const [outcome, remainingMs] = await run(
        client,
        BEGIN_ROUND,
        [leader, keyOf(`round:${round}`)],
        [holder, whole(holdMs)],
      );
      if (outcome === -1) return { kind: 'fenced' };
      return outcome === 1 ? { kind: 'begun' } : { kind: 'early', remainingMs: remainingMs! };
    },

    async takeCalls({ usedByUsers, wanted, callsPerMinute, warmCallsPerMinute }): Promise<boolean> {
      const [granted] = await run(
        client,
        TAKE_CALLS,
        [keyOf('calls')],
        [usedByUsers, wanted, callsPerMinute, warmCallsPerMinute, MINUTE_MS],
      );
      return granted === 1;
    },
  };
}

async function run(
  client: Redis | Cluster,
  { source, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<readonly number[]> {
  try {
    const reply = await client.evalsha(sha, keys.length, ...keys, ...args).catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT'))
        return client.eval(source, keys.length, ...keys, ...args);
      throw error;
    });
    return reply as readonly number[];
  } catch (error) {
    throw unavailable(error);
  }
}

/** Redis takes no fractions of a ms. */
function whole(durationMs: number): number {
  return Math.max(1, Math.floor(durationMs));
}
