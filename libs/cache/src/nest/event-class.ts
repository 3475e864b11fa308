import { CacheError } from '../index.js';

/**
 * A class of events. Its static `type` is the name under which the event is emitted:
 * `emitter.emitAsync(UserUpdated.type, new UserUpdated(wallet))`.
 */
export interface EventClass<Event> {
  readonly type: string;
  readonly prototype: Event;
}

/** The class of which an event was declared, and how to read it in a message. */
export function eventNameOf(event: EventClass<unknown>, decorator: string): string {
  if (typeof event.type === 'string' && event.type !== '') return event.type;
  const { name } = event as { readonly name?: string };
  throw new CacheError(
    'INVALID_OPTION',
    `${decorator}: the event class ${name ?? '(nothing)'} has no name to listen to: give it one with \`static readonly type = 'user.updated'\``,
  );
}
