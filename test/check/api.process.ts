import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const ADMIN_API_KEY = 'an-admin-key-for-checks';

/** How a read was answered. */
export interface CreditsRead {
  readonly credits: string;
  readonly tier: string | null;
}

/** One instance of the built application, as an operating system's process of its own. */
export interface ApiProcess {
  readonly url: string;
  credits(wallet: string): Promise<CreditsRead>;
  /** Adds credits; resolves with the sum that the answer names. */
  add(wallet: string, amount: number, idempotencyKey: string): Promise<string>;
  register(wallet: string): Promise<void>;
  /** @param batch CloudEvents as JSON @returns how many were accepted */
  sendEvents(batch: string): Promise<number>;
  /** What /health/ready says: `ok`, or `degraded` while Redis is not in use. */
  readiness(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts one without chains, on a free port; resolves when it serves. Its own processes end with it. */
export async function startApiProcess(urls: {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}): Promise<ApiProcess> {
  const cwd = await mkdtemp(join(tmpdir(), 'chaincache-check-'));
  await chmod(cwd, 0o755);
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      LOG_LEVEL: 'fatal',
      ADMIN_API_KEY,
      DATABASE_URL: urls.databaseUrl,
      REDIS_URL: urls.redisUrl,
      RATE_LIMIT_COLD_LOADS: '1000000',
      RATE_LIMIT_BURST: '1000000',
      // Nothing here asks a chain; with one half of R3MES named, none is started.
      THIRDWEB_CLIENT_ID: 'none',
      INSIGHT_URL: 'http://127.0.0.1:9',
      EVM_CHAINS: '31337=http://127.0.0.1:9',
      R3MES_API_URL: 'http://127.0.0.1:9',
    },
  });
  const ended = once(child, 'exit');
  const url = await readyUrl(child.stdout);
  return new RunningApi(url, async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(cwd, { recursive: true, force: true });
  });
}

class RunningApi implements ApiProcess {
  constructor(
    readonly url: string,
    readonly stop: () => Promise<void>,
  ) {}

  async credits(wallet: string): Promise<CreditsRead> {
    const answer = await fetch(`${this.url}/api/users/${wallet}/credits`);
    const { credits } = (await this.bodyOf(answer, 200)) as { credits: string };
    return { credits, tier: answer.headers.get('x-cache') };
  }

  async add(wallet: string, amount: number, idempotencyKey: string): Promise<string> {
    const headers = { 'idempotency-key': idempotencyKey };
    const answer = await this.post(`users/${wallet}/credits/add`, { amount: String(amount) }, headers);
    return ((await this.bodyOf(answer, 200)) as { credits: string }).credits;
  }

  async register(walletAddress: string): Promise<void> {
    await this.bodyOf(await this.post('users', { walletAddress }), 201);
  }

  async sendEvents(batch: string): Promise<number> {
    const answer = await this.post('events', batch);
    return ((await this.bodyOf(answer, 202)) as { accepted: number }).accepted;
  }

  async readiness(): Promise<string> {
    const answer = await fetch(`${this.url}/health/ready`);
    return ((await answer.json()) as { status: string }).status;
  }

  private post(path: string, body: object | string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.url}/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_API_KEY}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  private async bodyOf(answer: Response, status: number): Promise<unknown> {
    if (answer.status === status) return answer.json();
    throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
  }
}

async function readyUrl(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const url = /^ready (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    stdout.resume();
    return url;
  }
  throw new Error('An instance ended before it was ready. Build first: npm run build');
}
