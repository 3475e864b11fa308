import type { CancelTimer, Clock } from '../clock.js';
import type { Tenure, WarmFleet } from './warm-fleet.port.js';

/** A follower looks at least this often whether the leader has gone: one that resigned leaves at once. */
const LOOK_MS = 1_000;
/** Followers that wait for the same lease to end do not all ask at the same moment. */
const SPREAD_MS = 200;
/** While the others cannot be reached. */
const RETRY_MS = 500;

export interface LeaderEvents {
  elected(tenure: Tenure): void;
  /** The tenure has ended: resigned, overtaken, or not renewed in time. */
  deposed(): void;
}

/**
 * Takes part in the election of the one process that warms in rounds. The lease counts from before its renewal was
 * sent, on the monotonic clock: a leader that was paused knows that it is none as soon as it goes on, and a wall clock
 * that is set back changes nothing. Another takes over within the lease and 0.2 s.
 */
export class Leader {
  private held: { readonly tenure: Tenure; readonly untilMs: number } | null = null;
  private cancel: CancelTimer = () => {};
  private stopped = false;

  constructor(
    private readonly fleet: WarmFleet,
    private readonly clock: Clock,
    private readonly candidate: string,
    private readonly leaseMs: number,
    private readonly events: LeaderEvents,
  ) {}

  start(): void {
    void this.campaign();
  }

  /** Null unless this process leads now. */
  tenure(): Tenure | null {
    return this.held !== null && this.clock.now() < this.held.untilMs ? this.held.tenure : null;
  }

  /** Resigns, so that another need not wait for the lease to end. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel();
    const tenure = this.tenure();
    this.depose();
    // One that cannot be given back ends by itself.
    if (tenure !== null) await this.fleet.resign(tenure).catch(() => {});
  }

  /** Somebody found out that the tenure is over. */
  depose(): void {
    if (this.held === null) return;
    this.held = null;
    this.events.deposed();
  }

  private async campaign(): Promise<void> {
    const sentAtMs = this.clock.now();
    const reply = await this.fleet.campaign(this.candidate, this.leaseMs).catch(() => null);
    if (this.stopped) {
      if (reply?.kind === 'leads') await this.fleet.resign(reply.tenure).catch(() => {});
      return;
    }
    if (reply?.kind === 'leads') {
      this.hold(reply.tenure, sentAtMs + this.leaseMs);
      this.campaignIn(this.leaseMs / 3);
      return;
    }
    if (reply !== null || this.tenure() === null) this.depose();
    this.campaignIn(reply === null ? RETRY_MS : this.lookAgainMs(reply.remainingMs));
  }

  private lookAgainMs(remainingMs: number): number {
    return Math.min(LOOK_MS, remainingMs + this.clock.random() * SPREAD_MS);
  }

  private hold(tenure: Tenure, untilMs: number): void {
    const before = this.held?.tenure.holder;
    if (before !== undefined && before !== tenure.holder) this.depose();
    this.held = { tenure, untilMs };
    if (before !== tenure.holder) this.events.elected(tenure);
  }

  private campaignIn(delayMs: number): void {
    this.cancel = this.clock.setTimer(() => void this.campaign(), delayMs);
  }
}
