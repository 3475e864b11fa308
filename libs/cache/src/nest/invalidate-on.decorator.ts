import type { EntryRef } from '../index.js';
import { eventNameOf, type EventClass } from './event.class.js';

/** Where `@InvalidateOn` leaves its declarations on the class or method; `CacheMetadataAccessor` is their only reader. */
export const INVALIDATE_ON_METADATA = 'chaincache:invalidate-on';

/** What an event makes invalid: tags, or tags and keys with the block height that values must have reached since. */
export type Invalidation =
  | readonly string[]
  | {
      readonly tags?: readonly string[];
      readonly keys?: readonly (EntryRef<unknown> | string)[];
      /** No value read at an older block may be cached for the tags again. */
      readonly minHeight?: number;
    };

type Awaitable<T> = T | Promise<T>;

/** One `@InvalidateOn`. Without `toInvalidation` the decorated method is the mapping. */
export interface InvalidateOnDeclaration {
  readonly eventName: string;
  readonly toInvalidation: ((event: never) => Awaitable<Invalidation>) | undefined;
}

type ClassOrMethodDecorator = (target: object, name?: string | symbol, descriptor?: PropertyDescriptor) => void;
type MappingDecorator<Event> = <M extends (...args: never[]) => Awaitable<Invalidation>>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<M> & MappingCheck<M, Event>,
) => void;

/** `unknown` for a method that can be called with the event alone. */
type MappingCheck<M extends (...args: never[]) => unknown, Event> =
  [Event] extends Parameters<M> ? unknown : { readonly 'the method takes the event': Event };

/**
 * Invalidates when an event is emitted through `EventEmitter2`: all tags of one event in one step.
 *
 * With a mapping it stands on any provider or controller, or on one of their methods (beside `@Cached`, say). Without
 * one it stands on the method that is the mapping. Several may stand on one place.
 *
 * `await emitter.emitAsync(type, event)` resolves once the invalidation is applied or queued. One that fails is tried
 * again (`CacheModule` option `listenerRetry`), is logged, and at the end rejects what `emitAsync` returned.
 */
export function InvalidateOn<Event>(event: EventClass<Event>): MappingDecorator<Event>;
export function InvalidateOn<Event>(
  event: EventClass<Event>,
  toInvalidation: (event: Event) => Awaitable<Invalidation>,
): ClassOrMethodDecorator;
export function InvalidateOn<Event>(
  event: EventClass<Event>,
  toInvalidation?: (event: Event) => Awaitable<Invalidation>,
): ClassOrMethodDecorator {
  const declaration: InvalidateOnDeclaration = { eventName: eventNameOf(event, '@InvalidateOn'), toInvalidation };
  return (target, _name, descriptor) => {
    const place = (descriptor?.value as object | undefined) ?? target;
    const earlier = (Reflect.getOwnMetadata(INVALIDATE_ON_METADATA, place) ?? []) as InvalidateOnDeclaration[];
    Reflect.defineMetadata(INVALIDATE_ON_METADATA, [...earlier, declaration], place);
  };
}
