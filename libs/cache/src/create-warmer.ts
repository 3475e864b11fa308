import { randomBytes } from 'node:crypto';
import { CacheWarmer } from './cache-warmer.js';
import { systemClock } from './clock.js';
import type { Cache } from './create-cache.js';
import { CacheError } from './errors.js';
import { CallBudget } from './warming/call.budget.js';
import { HotKeeper } from './warming/hot.keeper.js';
import { HotKeys } from './warming/hot.keys.js';
import { Leader } from './warming/leader.js';
import { MemoryFleet } from './warming/memory.fleet.js';
import { WarmListener } from './warming/warm.listener.js';
import { WarmLoads } from './warming/warm.loads.js';
import type { WarmPlan } from './warming/warm.plan.js';
import { WarmRounds } from './warming/warm.rounds.js';
import { WarmTally } from './warming/warm.tally.js';
import { WarmTriggers } from './warming/warm.triggers.js';
import { WARMER_DEFAULTS, type CacheWarmerOptions } from './warming/warmer.options.js';

const SHORTEST_LEASE_MS = 300;
const LONGEST_LEASE_MS = 600_000;

/** Wires a warmer over a cache. Nothing happens before its `start`. @throws CacheError `INVALID_OPTION` for a lease out of bounds */
export function createWarmer(cache: Cache, options: CacheWarmerOptions = {}): CacheWarmer {
  const settings = { ...WARMER_DEFAULTS, ...options };
  const clock = options.clock ?? systemClock;
  const fleet = options.fleet ?? new MemoryFleet(clock);
  const timer = options.timer ?? ((_name, delayMs, run) => clock.setTimer(run, delayMs));
  const onFailure = options.onFailure ?? (() => {});
  if (!(settings.leaseMs >= SHORTEST_LEASE_MS && settings.leaseMs <= LONGEST_LEASE_MS)) {
    throw new CacheError(
      'INVALID_OPTION',
      `leaseMs is ${settings.leaseMs}, it must be ${SHORTEST_LEASE_MS} to ${LONGEST_LEASE_MS}`,
    );
  }

  const { callsPerMinute, warmCallsPerMinute } = settings;
  const budget = new CallBudget(fleet, { callsPerMinute, warmCallsPerMinute });
  const tally = new WarmTally(cache.events, clock);
  const loads = new WarmLoads(cache, budget, tally, clock, onFailure);
  const hotKeys = new HotKeys(clock, settings.maxHotKeys);
  const plans: WarmPlan[] = [];
  const rounds = new WarmRounds(plans, () => leader, fleet, loads, clock, timer, onFailure);
  // Names this process among all that take part, and no other one that will ever do.
  const leader: Leader = new Leader(fleet, clock, randomBytes(8).toString('hex'), settings.leaseMs, rounds);
  // One listener for all of them: of every hit each listener is told by a call of its own.
  const unsubscribe = cache.events.add(new WarmListener(hotKeys, tally, budget));

  return new CacheWarmer({
    leader,
    triggers: new WarmTriggers(loads, clock, onFailure),
    hotKeys,
    keeper: new HotKeeper(hotKeys, loads, budget, clock),
    loads,
    budget,
    tally,
    clock,
    startBoundMs: settings.startBoundMs,
    plan: (plan) => void plans.push(plan),
    close: unsubscribe,
  });
}
