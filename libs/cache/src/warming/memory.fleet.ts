import { systemClock, type Clock } from '../clock.js';
import { ExpiringMap } from '../store/memory.server.js';
import type { CallRequest, CampaignReply, RoundReply, Tenure, WarmFleet } from './warm-fleet.port.js';

const MINUTE_MS = 60_000;

/** Instances within one process. Without a store each process has a memory of its own to warm, and so leads itself. */
export class MemoryFleet implements WarmFleet {
  private readonly held: ExpiringMap<Tenure>;
  private readonly rounds: ExpiringMap<true>;
  private readonly minutes: ExpiringMap<{ users: number; warming: number }>;
  private fence = 0;

  constructor(clock: Clock = systemClock) {
    const now = (): number => clock.now();
    this.held = new ExpiringMap(now);
    this.rounds = new ExpiringMap(now);
    this.minutes = new ExpiringMap(now);
  }

  async campaign(candidate: string, leaseMs: number): Promise<CampaignReply> {
    const present = this.held.get('leader');
    if (present !== undefined && present.holder !== `${candidate}:${present.fence}`) {
      return { kind: 'follows', remainingMs: this.held.remainingMs('leader') };
    }
    const tenure = present ?? { holder: `${candidate}:${(this.fence += 1)}`, fence: this.fence };
    this.held.set('leader', tenure, leaseMs);
    return { kind: 'leads', tenure };
  }

  async resign({ holder }: Tenure): Promise<void> {
    if (this.held.get('leader')?.holder === holder) this.held.delete('leader');
  }

  async begin({ holder }: Tenure, round: string, holdMs: number): Promise<RoundReply> {
    if (this.held.get('leader')?.holder !== holder) return { kind: 'fenced' };
    const remainingMs = this.rounds.remainingMs(round);
    if (remainingMs > 0) return { kind: 'early', remainingMs };
    this.rounds.set(round, true, holdMs);
    return { kind: 'begun' };
  }

  async takeCalls(request: CallRequest): Promise<boolean> {
    const minute = this.minutes.get('calls') ?? { users: 0, warming: 0 };
    const remainingMs = this.minutes.remainingMs('calls');
    const users = minute.users + request.usedByUsers;
    const left = Math.min(request.warmCallsPerMinute - minute.warming, request.callsPerMinute - users - minute.warming);
    const granted = request.wanted <= left;
    const warming = granted ? minute.warming + request.wanted : minute.warming;
    this.minutes.set('calls', { users, warming }, remainingMs > 0 ? remainingMs : MINUTE_MS);
    return granted;
  }
}
