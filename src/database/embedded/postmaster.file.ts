import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a server writes into `postmaster.pid`: its id on the first line, its state on the eighth. */
export class PostmasterFile {
  private readonly file: string;

  constructor(private readonly data: string) {
    this.file = join(data, 'postmaster.pid');
  }

  /** The server with this id takes connections. */
  isReady(pid: number | undefined): boolean {
    const lines = this.lines();
    return pid !== undefined && Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  }

  /** A process that works on the data: a server, or a session that outlived its killed server for a moment. */
  occupant(): number | undefined {
    const recorded = this.recorded();
    if (process.platform !== 'linux') return recorded !== undefined && isAlive(recorded) ? recorded : undefined;
    const occupants = readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && this.worksHere(pid));
    return occupants.find((pid) => pid === recorded) ?? occupants[0];
  }

  /**
   * Removes what a killed server left behind, once nobody works on the data: its id may belong to another process by
   * now, which PostgreSQL would take for the server.
   */
  removeIfMisleading(): void {
    const pid = this.recorded();
    if (pid !== undefined && isAlive(pid) && this.occupant() === undefined) rmSync(this.file, { force: true });
  }

  /** Servers and their sessions have the data directory as their working directory. */
  private worksHere(pid: number): boolean {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(this.data);
    } catch {
      // It has ended, or belongs to somebody else, and then PostgreSQL finds out for itself.
      return false;
    }
  }

  private recorded(): number | undefined {
    const pid = Number(this.lines()[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  }

  private lines(): readonly string[] {
    try {
      return readFileSync(this.file, 'utf8').split('\n');
    } catch {
      return [];
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
