import { CacheError } from '../index.js';

/**
 * A class of events. Its static `type` is the name under which the event is emitted:
 * `emitter.emitAsync(UserUpdated.type, new UserUpdated(wallet))`.
 */
export interface EventClass<Event> {
  readonly type: string;
  readonly prototype: Event;
}

/** The name that events of a class are emitted under. @throws CacheError `INVALID_OPTION` when the class has none */
export function eventNameOf(event: EventClass<unknown> | undefined, decorator: string): string {
  if (event === undefined) {
    throw new CacheError(
      'INVALID_OPTION',
      `${decorator}: its event class is undefined: the files import each other in a circle, move the class to a file of its own`,
    );
  }
  if (typeof event.type === 'string' && event.type !== '') return event.type;
  const { name = 'given' } = event as { readonly name?: string };
  throw new CacheError(
    'INVALID_OPTION',
    `${decorator}: the event class ${name} has no name to listen to: give it one with \`static readonly type = 'user.updated'\``,
  );
}
