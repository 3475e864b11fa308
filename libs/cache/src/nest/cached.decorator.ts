import { SetMetadata } from '@nestjs/common';
import { CacheError, CatalogEntry } from '../index.js';

/** Where `@Cached` leaves the entry on the method; `CacheMetadataAccessor` is its only reader. */
export const CACHED_METADATA = 'chaincache:cached';

type Method = (...args: never[]) => unknown;

type LastOf<Union> = (Union extends unknown ? (last: () => Union) => void : never) extends (
  last: infer Functions,
) => void
  ? Functions extends () => infer Last
    ? Last
    : never
  : never;

/** As many strings as an entry's key has parameters. Their order is the order in the key. */
export type KeyArguments<Params, Names = keyof Params, Strings extends readonly string[] = []> = [Names] extends [never]
  ? Strings
  : KeyArguments<Params, Exclude<Names, LastOf<Names>>, [...Strings, string]>;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** The same list with a string in each place: what is left to compare is how many there are, and that none is optional. */
type AsStrings<List extends readonly unknown[]> = { [Index in keyof List]: string };

/** `unknown` for a method that can load the entry; otherwise a type that no method has and that says what is wrong. */
export type LoaderCheck<M extends Method, V, Params> =
  Same<AsStrings<Parameters<M>>, KeyArguments<Params>> extends false
    ? { readonly 'a loader takes the parameters of its key, in their order': KeyArguments<Params> }
    : Parameters<M> extends readonly string[]
      ? ReturnType<M> extends Promise<V | undefined>
        ? unknown
        : { readonly 'a loader returns a promise of the value of its entry, or of undefined': Promise<V | undefined> }
      : { readonly 'the parameters of a key are strings': KeyArguments<Params> };

/** Fits only a method whose parameters and result are those of the entry. */
export type CachedDecorator<V, Params> = <M extends Method>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<M> & LoaderCheck<M, V, Params>,
) => void;

/**
 * Makes a method of a provider or controller the one loader of an entry: whoever calls it gets the cached value, and the
 * method itself runs only to load it. Its arguments are the parameters of the entry's key, in their order.
 *
 * The value comes deep-frozen. `undefined` means that the record is absent. What the loader throws reaches every caller
 * of that load unchanged. `loadContext()` inside the method gives the signal, `atHeight` and `freshFor`.
 *
 * The class must be a singleton: boot fails with CacheError `CATALOG` for a request-scoped one, and for two loaders of
 * one entry.
 */
export function Cached<V, Params>(entry: CatalogEntry<V, Params>): CachedDecorator<V, Params> {
  return (target, name, descriptor) => {
    if (!(entry instanceof CatalogEntry)) {
      throw new CacheError(
        'CATALOG',
        `${target.constructor.name}.${String(name)}: what @Cached was given is no entry of a catalog (a circular import ` +
          `leaves it undefined): define it with defineEntry, in a file that imports no service`,
      );
    }
    const method: unknown = descriptor.value;
    if (typeof method === 'function' && Reflect.hasMetadata(CACHED_METADATA, method)) {
      throw new CacheError(
        'CATALOG',
        `${target.constructor.name}.${String(name)} is @Cached twice: a method loads one entry, split it in two`,
        { entry: entry.name },
      );
    }
    SetMetadata(CACHED_METADATA, entry)(target, name, descriptor);
  };
}
