import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * An `AsyncLocalStorage` that rests while nobody needs it. Before Node 24, one that was used once makes every promise and
 * every resource of the process dearer from then on, until it is disabled: a request that `HotAnswers` answer, and which
 * needs no context at all, by a sixth.
 *
 * What `run` is given is over when it returns, or when the promise that it returns has settled. What goes on after that
 * may find no store any more.
 */
export class RestingStorage<T> {
  private readonly storage = new AsyncLocalStorage<T>();
  private users = 0;

  getStore(): T | undefined {
    return this.storage.getStore();
  }

  /** Runs `work`, and all that it waits for, with this store. */
  run<R>(store: T, work: () => R): R {
    const release = this.hold();
    let result: R;
    try {
      result = this.storage.run(store, work);
    } catch (error) {
      release();
      throw error;
    }
    if (result instanceof Promise) result.then(release, release);
    else release();
    return result;
  }

  /** Stores are kept until the release is called as well: for work whose end no promise tells. */
  hold(): () => void {
    this.users += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.users -= 1;
      if (this.users === 0) this.storage.disable();
    };
  }
}
