import { RequestGate } from './request.gate.js';

/** On which side of the chain's reading something happens. Default: `before-read`. */
export type Moment = 'before-read' | 'after-read';

/** What the indexer can be told to do wrong. */
export type FaultKind =
  /** Answers with this status; `retryAfter` is sent as it is: seconds or an HTTP date. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number | string; readonly body?: unknown }
  /** Waits, before the chain is read, or after it, which makes the answer old by the time it arrives. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly when?: Moment }
  /** Waits until the faults are cleared: a gate for tests that must not depend on time. */
  | { readonly kind: 'hold'; readonly when?: Moment }
  /** Cuts the socket: without a byte, or in the middle of the body. */
  | { readonly kind: 'cut'; readonly where?: 'at-once' | 'in-body' }
  /** A 200 whose body is not JSON. */
  | { readonly kind: 'broken-json' }
  /** A 200 with JSON of another shape; `body` says which. */
  | { readonly kind: 'wrong-shape'; readonly body?: unknown }
  /** Answers what was true this many blocks ago. */
  | { readonly kind: 'lag'; readonly blocks: number };

/** A fault, how many requests it lasts (default: until cleared), and which requests it is for (default: all). */
export type Fault = FaultKind & {
  readonly times?: number;
  /** Only requests for this wallet, in any letter case. */
  readonly wallet?: string;
  /** Only requests for this page, from 0. */
  readonly page?: number;
};

/** Those that spoil the answer. */
export type AnswerFault = Exclude<FaultKind, { kind: 'delay' | 'hold' | 'lag' }>;

/** What the faults make of one request. */
export interface FaultEffect {
  readonly delayMs: Readonly<Record<Moment, number>>;
  readonly held: Readonly<Record<Moment, boolean>>;
  readonly lagBlocks: number;
  readonly answer: AnswerFault | undefined;
}

const KINDS: readonly FaultKind['kind'][] = ['status', 'delay', 'hold', 'cut', 'broken-json', 'wrong-shape', 'lag'];

const MOMENTS: readonly Moment[] = ['before-read', 'after-read'];

/** The faults in force. Delays and lags add up; of those that spoil the answer, the first added acts. */
export class InsightFaults {
  readonly gate = new RequestGate();
  private active: { fault: Fault; left: number }[] = [];

  /** @throws TypeError for what is not a fault */
  add(fault: Fault): void {
    check(fault);
    this.active.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  /** Ends all faults and lets go what is held. */
  clear(): void {
    this.active = [];
    this.gate.open();
  }

  list(): readonly Fault[] {
    return this.active.map(({ fault, left }) => (Number.isFinite(left) ? { ...fault, times: left } : fault));
  }

  /** What happens to this request; each fault that acts has one time less. */
  take(request: { readonly wallets: readonly string[]; readonly page: number }): FaultEffect {
    const delayMs = { 'before-read': 0, 'after-read': 0 };
    const held = { 'before-read': false, 'after-read': false };
    let lagBlocks = 0;
    let answer: AnswerFault | undefined;
    for (const entry of this.active) {
      const { fault } = entry;
      if (!concerns(fault, request)) continue;
      if (fault.kind === 'delay') delayMs[fault.when ?? 'before-read'] += fault.delayMs;
      else if (fault.kind === 'hold') held[fault.when ?? 'before-read'] = true;
      else if (fault.kind === 'lag') lagBlocks += fault.blocks;
      else if (answer) continue;
      else answer = fault;
      entry.left -= 1;
    }
    this.active = this.active.filter(({ left }) => left > 0);
    return { delayMs, held, lagBlocks, answer };
  }
}

function concerns(fault: Fault, request: { readonly wallets: readonly string[]; readonly page: number }): boolean {
  if (fault.page !== undefined && fault.page !== request.page) return false;
  return fault.wallet === undefined || request.wallets.includes(fault.wallet.toLowerCase());
}

function check(fault: Fault): void {
  const whole = (value: number | undefined, least: number): boolean =>
    value === undefined || (Number.isInteger(value) && value >= least);
  if (!KINDS.includes(fault.kind)) throw new TypeError(`fault.kind: one of ${KINDS.join(', ')}`);
  if (!whole(fault.times, 1)) throw new TypeError('fault.times: an integer from 1');
  if (!whole(fault.page, 0)) throw new TypeError('fault.page: an integer from 0');
  if (fault.kind === 'status' && !(fault.status >= 300 && fault.status <= 599)) {
    throw new TypeError('fault.status: an HTTP status from 300 to 599');
  }
  if (fault.kind === 'delay' && !(fault.delayMs >= 0)) throw new TypeError('fault.delayMs: milliseconds');
  if ((fault.kind === 'delay' || fault.kind === 'hold') && !MOMENTS.includes(fault.when ?? 'before-read')) {
    throw new TypeError(`fault.when: one of ${MOMENTS.join(', ')}`);
  }
  if (fault.kind === 'lag' && !(fault.blocks >= 0)) throw new TypeError('fault.blocks: a number of blocks');
}
