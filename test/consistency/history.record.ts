import { readFileSync, writeSync } from 'node:fs';

/** What a process did or was told, as it goes into the history. */
export const KINDS = ['L1', 'L2', 'MISS', 'STALE', 'acknowledged', 'told', 'gap', 'failed', 'queued'] as const;
export type Kind = (typeof KINDS)[number];

/** One line of the history. Times are CLOCK_MONOTONIC, the same for all processes of a machine, in ms. */
export interface HistoryRecord {
  readonly kind: Kind;
  readonly process: number;
  readonly wallet: number;
  readonly version: number;
  readonly beganMs: number;
  readonly endedMs: number;
}

const FIELDS = 6;
const BUFFERED_RECORDS = 512;

/** CLOCK_MONOTONIC in ms: comparable between processes, unlike `performance.now`. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Appends records to a file in batches: what a killed process had not yet written is lost, which only weakens the check. */
export class HistoryWriter {
  private readonly buffer = new Float64Array(FIELDS * BUFFERED_RECORDS);
  private used = 0;

  constructor(
    private readonly file: number,
    private readonly process: number,
  ) {}

  add(kind: Kind, wallet: number, version: number, beganMs: number, endedMs: number): void {
    this.buffer.set([KINDS.indexOf(kind), this.process, wallet, version, beganMs, endedMs], this.used);
    this.used += FIELDS;
    if (this.used === this.buffer.length) this.flush();
  }

  flush(): void {
    if (this.used === 0) return;
    writeSync(this.file, Buffer.from(this.buffer.buffer, 0, this.used * Float64Array.BYTES_PER_ELEMENT));
    this.used = 0;
  }
}

export function readHistory(path: string): HistoryRecord[] {
  const bytes = readFileSync(path);
  const whole = Math.floor(bytes.length / (FIELDS * 8)) * FIELDS;
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole * 8));
  const records: HistoryRecord[] = [];
  for (let at = 0; at < numbers.length; at += FIELDS) {
    records.push({
      kind: KINDS[numbers[at]!]!,
      process: numbers[at + 1]!,
      wallet: numbers[at + 2]!,
      version: numbers[at + 3]!,
      beganMs: numbers[at + 4]!,
      endedMs: numbers[at + 5]!,
    });
  }
  return records;
}
