/** Holds requests until it is opened, and tells when so many are held. It is closed again at once. */
export class RequestGate {
  private held: (() => void)[] = [];
  private watchers: { readonly count: number; readonly tell: () => void }[] = [];

  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.held.push(resolve);
      const told = this.watchers.filter(({ count }) => count <= this.held.length);
      this.watchers = this.watchers.filter((watcher) => !told.includes(watcher));
      for (const { tell } of told) tell();
    });
  }

  /** Resolves when at least `count` requests are held. */
  holds(count: number): Promise<void> {
    if (this.held.length >= count) return Promise.resolve();
    return new Promise((tell) => this.watchers.push({ count, tell }));
  }

  open(): void {
    const released = this.held;
    this.held = [];
    for (const release of released) release();
  }
}
