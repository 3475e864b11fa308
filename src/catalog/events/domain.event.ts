/** A class of events. `type` is the name under which its events are emitted and posted. */
export interface DomainEventClass<Event extends object = object> {
  readonly type: string;
  /** Raised when the fields change in a way that an earlier reader would misunderstand. */
  readonly version: number;
  readonly prototype: Event;
}

/** The mark is on the event itself: it lives as long, and never shows in what is logged or sent. */
const SETTLED = Symbol('settled');

/**
 * Says that what the event makes invalid is invalid already: it is still told, for whoever warms or watches.
 * @returns the event
 */
export function settle<Event extends object>(event: Event): Event {
  return Object.defineProperty(event, SETTLED, { value: true });
}

export function isSettled(event: object): boolean {
  return SETTLED in event;
}
