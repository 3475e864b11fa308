import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { systemClock } from '../clock.js';
import type { InvalidationMessage } from '../store/store.port.js';
import type { Outbox, OutboxRow } from './outbox.port.js';

const KEEP_APPLIED_MS = 60_000;

interface Row {
  readonly id: string;
  readonly message: InvalidationMessage;
  readonly addedAt: number;
  appliedAt: number | null;
}

/** An outbox for one process: what it holds is lost with the process, and so is the L1 that it protects. */
export class MemoryOutbox implements Outbox {
  private rows: Row[] = [];

  constructor(private readonly clock: Clock = systemClock) {}

  async add(message: InvalidationMessage): Promise<void> {
    this.rows.push({ id: randomUUID(), message, addedAt: this.clock.now(), appliedAt: null });
  }

  async pending(limit: number): Promise<readonly OutboxRow[]> {
    return this.rows
      .filter((row) => row.appliedAt === null)
      .slice(0, limit)
      .map((row) => this.toOutboxRow(row));
  }

  async markApplied(ids: readonly string[]): Promise<void> {
    const now = this.clock.now();
    const applied = new Set(ids);
    for (const row of this.rows) if (applied.has(row.id)) row.appliedAt = now;
    this.rows = this.rows.filter((row) => row.appliedAt === null || now - row.appliedAt < KEEP_APPLIED_MS);
  }

  async recent(): Promise<readonly OutboxRow[]> {
    const now = this.clock.now();
    return this.rows
      .filter((row) => row.appliedAt !== null && now - row.appliedAt < KEEP_APPLIED_MS)
      .map((row) => this.toOutboxRow(row));
  }

  async close(): Promise<void> {
    this.rows = [];
  }

  private toOutboxRow(row: Row): OutboxRow {
    return { id: row.id, message: row.message, ageMs: this.clock.now() - row.addedAt };
  }
}
