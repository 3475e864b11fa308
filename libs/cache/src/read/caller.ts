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
    const { events, ref } = this;
    const { name } = ref.entry;
    if (answer.tier === 'MISS') events.miss(name, ref.key);
    else events.hit(name, ref.key, answer.tier, answer.ageMs);
    events.answered(name, answer.tier, this.clock.now() - this.startedAt, 1);
    this.resolve(this.form(ref, answer));
  }

  failed(error: unknown): void {
    this.events.miss(this.ref.entry.name, this.ref.key);
    this.reject(error);
  }
}
