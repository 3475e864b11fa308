import type { InsightCounts } from '../insight/insight.counters.js';
import type { Fault } from '../insight/insight.faults.js';
import type { InsightServer } from '../insight/insight.server.js';

/** Makes the indexer fail, and tells what it was asked. */
export class InsightControl {
  constructor(private readonly server: InsightServer) {}

  /** Adds a fault, until its `times` are used up or `clear()`. @throws TypeError for what is not a fault */
  fail(fault: Fault): void {
    this.server.faults.add(fault);
  }

  /** Resolves when at least `count` requests are held by a `hold` fault. */
  held(count = 1): Promise<void> {
    return this.server.faults.gate.holds(count);
  }

  /** Ends all faults, and lets go what is held. */
  clear(): void {
    this.server.faults.clear();
  }

  faults(): readonly Fault[] {
    return this.server.faults.list();
  }

  counts(): InsightCounts {
    return this.server.counters.read();
  }

  resetCounts(): void {
    this.server.counters.reset();
  }
}
