import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isReachable, type SystemUser } from './system.user.js';

/** Where a user who cannot enter the project keeps the data: it outlives a restart of the machine, unlike /tmp. */
const ELSEWHERE = '/var/tmp';
const MAX_LOG_BYTES = 10 * 1024 ** 2;

/** The files of one local PostgreSQL: its data, its password, its log. */
export class DataFolder {
  private constructor(
    readonly path: string,
    private readonly user: SystemUser | undefined,
  ) {}

  /** Makes the folder, private to the server's user. Below another path where that user cannot reach the wanted one. */
  static open(wanted: string, user: SystemUser | undefined): DataFolder {
    mkdirSync(wanted, { recursive: true, mode: 0o755 });
    const reachable = user === undefined || isReachable(dirname(resolve(wanted)), user);
    const path = reachable ? resolve(wanted) : substituteFor(wanted);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { uid } = lstatSync(path);
    const owners = [user?.uid ?? process.getuid?.(), process.getuid?.()];
    if (!lstatSync(path).isDirectory() || !owners.includes(uid)) {
      throw new Error(
        `${path} should be a folder of our own and belongs to somebody else: remove it, or set DATA_DIR.`,
      );
    }
    const folder = new DataFolder(path, user);
    folder.give(path);
    return folder;
  }

  /** What PostgreSQL calls its data directory. */
  get data(): string {
    return join(this.path, 'data');
  }

  get log(): string {
    return join(this.path, 'log');
  }

  /** The data directory is there, and then it is whole. */
  get initialised(): boolean {
    return existsSync(this.data);
  }

  /**
   * Lets `make` fill another folder, which becomes the data directory in one step: an interrupted attempt leaves none,
   * and of two processes that try at once one succeeds and the other takes what that one made.
   */
  async initialise(make: (draft: string) => Promise<unknown>): Promise<void> {
    const draft = `${this.data}.${randomBytes(6).toString('hex')}`;
    try {
      await make(draft);
      renameSync(draft, this.data);
    } catch (error) {
      if (!this.initialised) throw error;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }

  /** The superuser's password, made on first use; in a file that the server's user can read. */
  password(): string {
    try {
      writeFileSync(this.passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600, flag: 'wx' });
      this.give(this.passwordFile);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return readFileSync(this.passwordFile, 'utf8');
  }

  get passwordFile(): string {
    return join(this.path, 'password');
  }

  /** For people: `psql "$(cat .data/postgres/url)"`. */
  writeUrl(url: string): void {
    writeFileSync(join(this.path, 'url'), url, { mode: 0o600 });
  }

  shortenLog(): void {
    if (existsSync(this.log) && statSync(this.log).size > MAX_LOG_BYTES) truncateSync(this.log);
  }

  private give(path: string): void {
    if (this.user) chownSync(path, this.user.uid, this.user.gid);
  }
}

function substituteFor(wanted: string): string {
  const digest = createHash('sha256').update(resolve(wanted)).digest('hex').slice(0, 16);
  return join(ELSEWHERE, `chaincache-postgres-${digest}`);
}
