import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

/** Probes come from several places, several times a second: they share one statement a second. */
const VALID_MS = 1_000;
/** A probe answers in time even where the database does not. */
const PATIENCE_MS = 1_000;
/** The newest migration: it takes a connection, and the schema, to tell. */
const SCHEMA = 'SELECT max(made_at) AS made_at FROM chaincache.migrations';

interface SchemaRow {
  readonly made_at: string | null;
}

/** Whether the database can be used, and has its schema. */
@Injectable()
export class DatabaseProbe {
  private readonly schema: () => Promise<SchemaRow[]>;
  private asked: { readonly atMs: number; readonly usable: Promise<boolean> } | undefined;

  constructor(database: Database) {
    this.schema = database.prepared('health_schema', SCHEMA);
  }

  /** As of at most a second ago. Never rejects, and takes a second at most. */
  isUsable(): Promise<boolean> {
    const nowMs = performance.now();
    if (this.asked === undefined || nowMs - this.asked.atMs > VALID_MS) {
      this.asked = { atMs: nowMs, usable: this.ask() };
    }
    return this.asked.usable;
  }

  private ask(): Promise<boolean> {
    const answered = this.schema().then(
      ([newest]) => newest?.made_at != null,
      () => false,
    );
    return Promise.race([answered, later(PATIENCE_MS)]);
  }
}

function later(delayMs: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), delayMs).unref();
  });
}
