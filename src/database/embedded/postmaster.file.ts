import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
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

  /** The id of a server that runs on this data, or undefined. */
  runningServer(): number | undefined {
    const pid = this.recorded();
    return pid !== undefined && this.standsIn(pid) ? pid : undefined;
  }

  /**
   * Removes what a killed server left, if its id now belongs to a process that has nothing to do with it: PostgreSQL
   * would take that for the server. In any other case PostgreSQL knows best whether the file is out of date.
   */
  removeIfMisleading(): void {
    const pid = this.recorded();
    if (pid !== undefined && isAlive(pid) && !this.standsIn(pid)) rmSync(this.file, { force: true });
  }

  private recorded(): number | undefined {
    const pid = Number(this.lines()[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  }

  /** A server's working directory is its data directory. Where /proc does not exist, any live process may be it. */
  private standsIn(pid: number): boolean {
    if (!isAlive(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(this.data);
    } catch (error) {
      return process.platform !== 'linux' || (error as NodeJS.ErrnoException).code === 'EACCES';
    }
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
