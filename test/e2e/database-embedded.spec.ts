import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { r3mesAddressKey } from '../../src/catalog/r3mes-address.js';
import { seedDevnet } from '../../src/database/devnet.seed.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded/embedded.postgres.js';
import { migrate } from '../../src/database/migration.runner.js';

/** A process that starts the server on a folder, prints its address, and waits to be killed. */
const HOLDER = `
  import { startEmbeddedPostgres } from ${JSON.stringify(join(__dirname, '../../dist/database/embedded/embedded.postgres.js'))};
  const { url, pid } = await startEmbeddedPostgres(process.argv[1]);
  process.stdout.write(JSON.stringify({ url, pid }) + '\\n');
  setInterval(() => undefined, 60_000);
`;

describe('the embedded PostgreSQL', () => {
  let root: string;
  let folder: string;
  let running: EmbeddedPostgres | undefined;
  let holder: ChildProcess | undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chaincache-embedded-'));
    // As a project's folder is: the server's own user may enter it.
    chmodSync(root, 0o755);
    folder = join(root, 'postgres');
  });

  afterEach(async () => {
    holder?.kill('SIGKILL');
    await running?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const start = async (): Promise<EmbeddedPostgres> => (running = await startEmbeddedPostgres(folder));

  async function query<Row extends object>(url: string, statement: string): Promise<Row[]> {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async function hold(): Promise<{ url: string; pid: number }> {
    holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      holder!.once('exit', (code) => reject(new Error(`the holder ended with ${code}`)));
      holder!.stdout!.once('data', (line: Buffer) =>
        resolve(JSON.parse(line.toString()) as { url: string; pid: number }),
      );
    });
  }

  /** A process that ended and that nobody has asked about yet still has an entry, in state Z. */
  const isAlive = (pid: number): boolean =>
    existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');

  it('finds its data again, listens to nobody else, and keeps its password to itself', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
    expect(new URL(first.url).hostname).toBe('127.0.0.1');
    expect(readFileSync(join(folder, 'url'), 'utf8')).toBe(first.url);
    for (const file of ['url', 'password']) expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    const open = new URL(first.url);
    open.password = 'guess';
    await expect(query(open.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    await first.stop();
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  }, 30_000);

  it('ends with a process that is killed, and its successor finds everything that was committed', async () => {
    const held = await hold();
    await query(held.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (8)');
    holder!.kill('SIGKILL');
    // Starts while the killed process's server may still be ending.
    const { url, pid } = await start();
    expect(pid).not.toBe(held.pid);
    expect(isAlive(held.pid)).toBe(false);
    expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 8 }]);
  }, 40_000);

  it('recovers when the server itself was killed', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (9)');
    process.kill(first.pid, 'SIGKILL');
    await first.stop();
    const { url } = await start();
    expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 9 }]);
  }, 40_000);

  it('is not misled by an id that now belongs to another process', async () => {
    await (await start()).stop();
    const { uid, gid } = statSync(join(folder, 'data'));
    const other = spawn('sleep', ['60'], { uid, gid });
    // What a killed server leaves behind; by now the id is that of another process of the same user.
    const left = [other.pid, join(folder, 'data'), 1, 5432, '', '127.0.0.1', '', 'ready'].join('\n');
    writeFileSync(join(folder, 'data', 'postmaster.pid'), left);
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    other.kill();
  }, 30_000);

  it('is not shared: a second process is told who has it', async () => {
    const { pid } = await hold();
    await expect(startEmbeddedPostgres(folder, { predecessorTimeoutMs: 300 })).rejects.toThrow(
      `is in use by process ${pid}: end what runs there, or set DATA_DIR or DATABASE_URL`,
    );
  }, 30_000);

  it('stands where its user may enter, be it that nobody else may enter the project', async () => {
    chmodSync(root, 0o700);
    const first = await start();
    const [shown] = await query<{ data_directory: string }>(first.url, 'SHOW data_directory');
    const directory = shown!.data_directory;
    const elsewhere = process.getuid?.() === 0;
    try {
      expect(directory.startsWith(root)).toBe(!elsewhere);
      await query(first.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (10)');
      await first.stop();
      const { url } = await start();
      expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 10 }]);
    } finally {
      await running?.stop();
      if (elsewhere) rmSync(dirname(directory), { recursive: true, force: true });
    }
  }, 30_000);

  it('is filled once, with the same users, miners and histories everywhere', async () => {
    const { url } = await start();
    await migrate(url);
    await Promise.all([seedDevnet(url), seedDevnet(url)]);
    const [counts] = await query<Record<string, number>>(
      url,
      `SELECT count(*)::int AS users, count(*) FILTER (WHERE is_miner)::int AS miners,
         (SELECT count(*)::int FROM chaincache.earnings_history) AS earnings,
         (SELECT count(DISTINCT recorded_at::date)::int FROM chaincache.hashrate_history) AS days
       FROM chaincache.users`,
    );
    expect(counts).toMatchObject({ users: 1_000, miners: 300, earnings: 27_000 });
    expect(counts!.days).toBeGreaterThanOrEqual(90);
    const wallets = await query<{ wallet_address: string }>(url, 'SELECT wallet_address FROM chaincache.users');
    expect(wallets.every(({ wallet_address: wallet }) => r3mesAddressKey(wallet) === wallet)).toBe(true);
    const digest = `SELECT md5(string_agg(wallet_address || credits, '' ORDER BY wallet_address)) AS digest FROM chaincache.users`;
    expect(await query(url, digest)).toEqual([{ digest: SEED_DIGEST }]);
    await query(url, `UPDATE chaincache.users SET credits = 1`);
    await seedDevnet(url);
    expect(await query(url, 'SELECT sum(credits)::int AS n FROM chaincache.users')).toEqual([{ n: 1_000 }]);
  }, 40_000);
});

/** Of wallets and credits: the same on every machine. */
const SEED_DIGEST = 'c275fdba19aa5b30020780ce0c72d2c7';
