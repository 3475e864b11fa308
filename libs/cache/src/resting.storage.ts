import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';

/**
 * An `AsyncLocalStorage` that rests while nobody needs it. Before Node 24, one that was used once makes every promise and
 * every resource of the process dearer from then on, until it is disabled: a request that `HotAnswers` answer, and which
 * needs no context at all, by a sixth.
 *
 * A store is in force until its work is over, and for nobody after that: what goes on unawaited finds none, whether or
 * not others keep the storage awake.
 */
export class RestingStorage<T> {
  private readonly storage = new AsyncLocalStorage<{ readonly current: T | undefined }>();
  private users = 0;

  getStore(): T | undefined {
    return this.storage.getStore()?.current;
  }

  /** Runs `work`, and all that it waits for, with this store: until it returns, or the promise that it returns has settled. */
  run<R>(store: T, work: () => R): R {
    const { run, end } = this.begin(store);
    let result: R;
    try {
      result = run(work);
    } catch (error) {
      end();
      throw error;
    }
    // Nothing else that can be waited for: a lazy one, such as a query, would begin once more.
    if (types.isPromise(result)) result.then(end, end);
    else end();
    return result;
  }

  /** For work whose end no promise tells. */
  begin(store: T): StorageScope {
    const holder: { current: T | undefined } = { current: store };
    this.users += 1;
    let isOver = false;
    return {
      run: (work) => this.storage.run(holder, work),
      end: () => {
        if (isOver) return;
        isOver = true;
        holder.current = undefined;
        this.users -= 1;
        if (this.users === 0) this.storage.disable();
      },
    };
  }
}

/** A store that is in force until it is ended. */
export interface StorageScope {
  /** Runs `work`, and all that it leads to, with the store. */
  readonly run: <R>(work: () => R) => R;
  /** Idempotent. */
  readonly end: () => void;
}
