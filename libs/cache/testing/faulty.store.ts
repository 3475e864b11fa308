import { CacheError } from '../src/errors.js';
import type { Store, StoreEvents } from '../src/store/store.port.js';

/** The methods of a store that can be made to fail. */
export type StoreOperation = Exclude<keyof Store, 'shared' | 'subscribe' | 'close'>;

/**
 * - `reject`: fails before the store sees the call;
 * - `reject-after`: the store does it, the answer is lost;
 * - `hang`: nothing happens until `thaw`, and then it is done.
 */
export type Fault = 'reject' | 'reject-after' | 'hang';

/** A store that stands in front of another one and fails on demand. */
export interface FaultyStore extends Store {
  /** The next `times` calls (default: all, until `heal`) of an operation (default: of every one) meet the fault. */
  fail(fault: Fault, options?: { readonly operation?: StoreOperation; readonly times?: number }): void;
  /** Calls from now on pass; those that hang still hang. */
  heal(): void;
  /** Lets the calls that hang go on. */
  thaw(): void;
  /** Tells subscribers that the store is lost, as a real one does when its connection breaks. */
  announceDown(cause?: unknown): void;
  announceUp(): void;
  /** How often each operation was called. */
  readonly calls: ReadonlyMap<StoreOperation, number>;
}

interface Trouble {
  readonly fault: Fault;
  readonly operation: StoreOperation | undefined;
  left: number;
}

export function faultyStore(inner: Store): FaultyStore {
  let troubles: Trouble[] = [];
  let hanging: (() => void)[] = [];
  const watchers = new Set<StoreEvents>();
  const calls = new Map<StoreOperation, number>();

  const takeTrouble = (operation: StoreOperation): Fault | undefined => {
    const trouble = troubles.find((one) => one.operation === undefined || one.operation === operation);
    if (trouble === undefined) return undefined;
    trouble.left -= 1;
    if (trouble.left <= 0) troubles = troubles.filter((one) => one !== trouble);
    return trouble.fault;
  };

  const run = async <R>(operation: StoreOperation, call: () => Promise<R>): Promise<R> => {
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
    const fault = takeTrouble(operation);
    if (fault === 'reject') throw unavailable(operation);
    if (fault === 'hang') await new Promise<void>((resolve) => hanging.push(resolve));
    const result = await call();
    if (fault === 'reject-after') throw unavailable(operation);
    return result;
  };

  return {
    shared: inner.shared,
    calls,
    readMany: (addresses) => run('readMany', () => inner.readMany(addresses)),
    leaseMany: (requests) => run('leaseMany', () => inner.leaseMany(requests)),
    fillMany: (requests) => run('fillMany', () => inner.fillMany(requests)),
    release: (address, lease) => run('release', () => inner.release(address, lease)),
    renew: (address, lease, leaseMs) => run('renew', () => inner.renew(address, lease, leaseMs)),
    set: (request) => run('set', () => inner.set(request)),
    invalidate: (message) => run('invalidate', () => inner.invalidate(message)),
    inspect: (address) => run('inspect', () => inner.inspect(address)),
    subscribe(events) {
      watchers.add(events);
      const stop = inner.subscribe(events);
      return () => {
        watchers.delete(events);
        stop();
      };
    },
    close: () => inner.close(),
    fail: (fault, { operation, times = Infinity } = {}) => void troubles.push({ fault, operation, left: times }),
    heal: () => {
      troubles = [];
    },
    thaw: () => {
      const waiting = hanging;
      hanging = [];
      for (const resume of waiting) resume();
    },
    announceDown: (cause = unavailable('announced')) => {
      for (const watcher of watchers) watcher.down(cause);
    },
    announceUp: () => {
      for (const watcher of watchers) watcher.up();
    },
  };
}

function unavailable(operation: string): CacheError {
  return new CacheError('STORE_UNAVAILABLE', `The store was made to fail (${operation})`);
}
