import { CacheError, durationMs, type CatalogEntry, type Duration, type WarmTrigger } from '../index.js';
import { eventNameOf, type EventClass } from './event.class.js';

/** Where `@Warm` leaves its declarations on the class or method; `CacheMetadataAccessor` is their only reader. */
export const WARM_METADATA = 'chaincache:warm';

type Awaitable<T> = T | Promise<T>;

/** An entry with parameters must say which of its keys are warmed; one without has a single key. */
type WhichKeys<Params, Args extends readonly unknown[]> = [keyof Params] extends [never]
  ? { readonly params?: never }
  : { readonly params: (...args: Args) => Awaitable<readonly Params[]> };

type InTime =
  | { readonly every: Duration; readonly atStart?: boolean; readonly on?: never }
  | { readonly atStart: true; readonly every?: Duration; readonly on?: never };

/** When an entry is warmed in time: once at start, at an interval, or both. */
export type WarmInTime<Params> = InTime & WhichKeys<Params, []>;

/** When an entry is warmed by an event, after the event's invalidations. */
export type WarmOnEvent<Params, Event> = {
  readonly on: EventClass<Event>;
  readonly every?: never;
  readonly atStart?: never;
} & WhichKeys<Params, [event: Event]>;

/** One reason to warm one entry. A `@Warm` with `every` and `atStart` declares two. */
export interface WarmDeclaration {
  readonly entry: CatalogEntry<unknown>;
  readonly trigger: WarmTrigger;
  /** The keys to warm, given the event where there is one. Called on the instance that the `@Warm` stands on. */
  readonly params: (event?: unknown) => Awaitable<readonly unknown[]>;
}

type ClassOrMethodDecorator = (target: object, name?: string | symbol, descriptor?: PropertyDescriptor) => void;

const ONLY_KEY = [{}];

/**
 * Keeps an entry warm: `{ every: '5m', atStart: true }`, or `{ on: BlockCreated }`. Stands on a provider or controller or
 * on one of their methods; several may stand on one place. The entry needs a `@Cached` loader, else boot fails.
 *
 * An entry whose key has parameters says with `params` which keys: `params: (event) => [{ wallet: event.wallet }]`. A
 * function with a `this` of its own finds the provider there.
 */
export function Warm<V, Params>(entry: CatalogEntry<V, Params>, when: WarmInTime<Params>): ClassOrMethodDecorator;
export function Warm<V, Params, Event>(
  entry: CatalogEntry<V, Params>,
  when: WarmOnEvent<Params, Event>,
): ClassOrMethodDecorator;
export function Warm<V, Params>(
  entry: CatalogEntry<V, Params>,
  when: WarmInTime<Params> | WarmOnEvent<Params, unknown>,
): ClassOrMethodDecorator {
  const params = (when.params ?? (() => ONLY_KEY)) as WarmDeclaration['params'];
  const declarations = triggersOf(entry.name, when).map((trigger): WarmDeclaration => ({ entry, trigger, params }));
  return (target, _name, descriptor) => {
    const place = (descriptor?.value as object | undefined) ?? target;
    const earlier = (Reflect.getOwnMetadata(WARM_METADATA, place) ?? []) as WarmDeclaration[];
    Reflect.defineMetadata(WARM_METADATA, [...earlier, ...declarations], place);
  };
}

function triggersOf(entry: string, when: InTime | { readonly on: EventClass<unknown> }): WarmTrigger[] {
  if (when.on !== undefined) return [{ kind: 'event', eventName: eventNameOf(when.on, '@Warm') }];
  const triggers: WarmTrigger[] = [];
  if (when.atStart === true) triggers.push({ kind: 'start' });
  if (when.every !== undefined) {
    const everyMs = durationMs(when.every);
    if (everyMs === 0) throw new CacheError('INVALID_OPTION', `@Warm of "${entry}": every is 0, write '30s' or '5m'`);
    triggers.push({ kind: 'interval', everyMs });
  }
  if (triggers.length === 0) {
    throw new CacheError('INVALID_OPTION', `@Warm of "${entry}" says no time: give it every, on or atStart`);
  }
  return triggers;
}
