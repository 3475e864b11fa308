import type { EntryRef } from '../catalog.js';
import type { Clock } from '../clock.js';
import type { CacheEvents } from '../events.js';
import type { Answer, Waiter } from './flight.js';

/** One call that L1 could not answer: tells of its one hit or one miss, whoever else shares the flight, and ends it. */
export class Caller<V, T> implements Waiter {
  constructor(
    private readonly events: CacheEvents,
    private readonly clock: Clock,
    private readonly ref: EntryRef<V>,
    private readonly startedAt: number,
    private readonly form: (ref: EntryRef<V>, answer: Answer) => T,
    private readonly resolve: (result: T) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  answered(answer: Answer): void {
    tell(this.events, this.ref, answer, this.clock.now() - this.startedAt);
    this.resolve(this.form(this.ref, answer));
  }

  failed(error: unknown): void {
    this.events.miss(this.ref.entry.name, this.ref.key);
    this.reject(error);
  }
}

/** One call for many keys that L1 could not answer: ends with the last of them, or with the first error. */
export class ManyCaller {
  private readonly answers: Answer[] = [];
  private left: number;

  constructor(
    private readonly events: CacheEvents,
    private readonly clock: Clock,
    private readonly refs: readonly EntryRef<unknown>[],
    private readonly startedAt: number,
    private readonly resolve: (answers: readonly Answer[]) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.left = refs.length;
  }

  /** Who waits for the key at that index. */
  waiter(index: number): Waiter {
    return new OneOfMany(this, index);
  }

  answered(index: number, answer: Answer): void {
    tell(this.events, this.refs[index]!, answer, this.clock.now() - this.startedAt);
    this.answers[index] = answer;
    this.left -= 1;
    if (this.left === 0) this.resolve(this.answers);
  }

  failed(index: number, error: unknown): void {
    const ref = this.refs[index]!;
    this.events.miss(ref.entry.name, ref.key);
    this.reject(error);
  }
}

class OneOfMany implements Waiter {
  constructor(
    private readonly caller: ManyCaller,
    private readonly index: number,
  ) {}

  answered(answer: Answer): void {
    this.caller.answered(this.index, answer);
  }

  failed(error: unknown): void {
    this.caller.failed(this.index, error);
  }
}

function tell(events: CacheEvents, { entry, key }: EntryRef<unknown>, answer: Answer, durationMs: number): void {
  if (answer.tier === 'MISS') events.miss(entry.name, key);
  else events.hit(entry.name, key, answer.tier, answer.ageMs);
  events.answered(entry.name, answer.tier, durationMs, 1);
}
