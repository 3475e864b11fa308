import type { CancelTimer, Clock } from '../clock.js';

export interface BreakerOptions {
  /** Failures in a row that open it. Default 3. */
  readonly failures?: number;
  /** Time between probes while open, ms; each is shortened by up to half at random, so that a fleet does not probe in step. Default 400. */
  readonly probeEveryMs?: number;
}

/**
 * Keeps callers from waiting for a store that does not answer. Open: nobody asks; a probe tries now and then, and
 * the first that succeeds closes it.
 */
export class Breaker {
  private failuresInRow = 0;
  private cancelProbe: CancelTimer | null = null;
  private opened = false;
  private closed = false;
  private readonly failures: number;
  private readonly probeEveryMs: number;

  /** @param probe asks the store something harmless; rejects while it is unusable */
  constructor(
    private readonly clock: Clock,
    private readonly probe: () => Promise<unknown>,
    private readonly onChange: (open: boolean, cause: unknown) => void,
    options: BreakerOptions = {},
  ) {
    this.failures = options.failures ?? 3;
    this.probeEveryMs = options.probeEveryMs ?? 400;
  }

  get isOpen(): boolean {
    return this.opened;
  }

  succeeded(): void {
    this.failuresInRow = 0;
  }

  failed(cause: unknown): void {
    this.failuresInRow += 1;
    if (this.failuresInRow >= this.failures) this.open(cause);
  }

  /** Opens at once: the connection is gone, there is nothing to count. */
  open(cause: unknown): void {
    if (this.opened || this.closed) return;
    this.opened = true;
    this.onChange(true, cause);
    this.scheduleProbe();
  }

  /** Stops probing for good. */
  dispose(): void {
    this.closed = true;
    this.cancelProbe?.();
  }

  /** Tries at once instead of at the next probe: the store has just said that it is back. */
  probeNow(): void {
    if (!this.opened || this.closed) return;
    this.cancelProbe?.();
    void this.tryProbe();
  }

  private scheduleProbe(): void {
    const delayMs = this.probeEveryMs * (1 - this.clock.random() / 2);
    this.cancelProbe = this.clock.setTimer(() => void this.tryProbe(), delayMs);
  }

  private async tryProbe(): Promise<void> {
    try {
      await this.probe();
    } catch {
      if (!this.closed && this.opened) this.scheduleProbe();
      return;
    }
    if (this.closed || !this.opened) return;
    this.opened = false;
    this.failuresInRow = 0;
    this.onChange(false, undefined);
  }
}
