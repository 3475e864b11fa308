/** Makes the Bridge fail, and tells what it was asked. */
export class BridgeControl {
  /** How long an offer stands. */
  lifeSeconds = 60;
  private prepared = 0;
  private failure: { readonly status: number; left: number } | undefined;

  /** The next `times` requests are answered with this status. */
  fail(status: number, times = Infinity): void {
    this.failure = { status, left: times };
  }

  clear(): void {
    this.failure = undefined;
    this.lifeSeconds = 60;
  }

  /** Sales that were asked for. */
  get sales(): number {
    return this.prepared;
  }

  /** @returns the status to fail with, if any */
  asked(): number | undefined {
    this.prepared += 1;
    if (this.failure === undefined || this.failure.left <= 0) return undefined;
    this.failure.left -= 1;
    return this.failure.status;
  }
}
