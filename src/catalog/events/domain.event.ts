/** A class of events. `type` is the name under which its events are emitted and posted. */
export interface DomainEventClass<Event extends object = object> {
  readonly type: string;
  /** Raised when the fields change in a way that an earlier reader would misunderstand. */
  readonly version: number;
  readonly prototype: Event;
}

/** An event whose invalidation somebody else has seen to: it is still told, for whoever warms or watches. */
const settled = new WeakSet<object>();

/** Says that what the event makes invalid is invalid already. @returns the event */
export function settle<Event extends object>(event: Event): Event {
  settled.add(event);
  return event;
}

export function isSettled(event: object): boolean {
  return settled.has(event);
}
