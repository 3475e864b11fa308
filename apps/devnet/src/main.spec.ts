import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

interface Summary {
  readonly insight: { readonly url: string; readonly clientId: string };
  readonly r3mes: { readonly rpcUrl: string; readonly apiUrl: string; readonly miner: string };
  readonly wallets: readonly { readonly address: string; readonly privateKey: string }[];
  readonly chains: readonly { readonly pid: number; readonly rpcUrl: string; readonly tokens: number }[];
}

jest.setTimeout(20_000);

/** The built program in a process of its own, as `npm run devnet` starts it. */
describe('npm run devnet', () => {
  let stateDir: string;
  let child: ChildProcess;

  beforeAll(() => {
    if (!existsSync(MAIN)) throw new Error('Build the devnet first: npx tsc -b apps/devnet');
  });
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'devnet-main-'));
  });
  afterEach(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    // The node of a killed devnet may still be writing its state there.
    await rm(stateDir, { recursive: true, maxRetries: 20, retryDelay: 100 });
  });

  const start = (...flags: string[]) => {
    child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    return createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  };
  const startJson = async (...flags: string[]): Promise<Summary> => {
    const line = await start('--json', ...flags).next();
    return JSON.parse(line.value as string) as Summary;
  };

  it('prints wallets with their keys, addresses, and one line that says it is ready', async () => {
    const lines: string[] = [];
    for await (const line of { [Symbol.asyncIterator]: () => start() }) {
      lines.push(line);
      if (line.startsWith('ready ')) break;
    }
    expect(lines.filter((line) => /^wallet \w+ 0x[\dA-Fa-f]{40} key 0x[\da-f]{64} /.test(line))).toHaveLength(3);
    expect(lines).toContainEqual(
      expect.stringMatching(/^r3mes r3mes-testnet-1 http:\S+ ws:\S+ api http:\S+ miner remes1/),
    );
    expect(lines.at(-1)).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+$/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly at %s and leaves nothing running', async (signal) => {
    const { chains } = await startJson('--chain', '31337', '--chain', '31338');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(chains.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
  });

  it('leaves nothing running when it is killed, and the next run continues the chain', async () => {
    const first = await startJson('--state-dir', stateDir);
    const command = { action: 'mine', blocks: 5 };
    await fetch(`${first.insight.url}/__control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const second = await startJson('--state-dir', stateDir);
    expect(first.chains.map(({ pid }) => isAlive(pid))).toEqual([false]);
    expect(second.wallets).toEqual(first.wallets);
    expect(await blockNumber(second.chains[0]!.rpcUrl)).toBeGreaterThanOrEqual(5);
  });

  it('starts the R3MES chain too, which ends with it and goes on in the next run', async () => {
    const first = await startJson('--state-dir', stateDir);
    const hash = await firstR3mesBlock(first.r3mes.rpcUrl);
    const dashboard = await fetch(`${first.r3mes.apiUrl}/remes/remes/v1/dashboard/statistics`);
    expect(dashboard.status).toBe(200);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect(fetch(`${first.r3mes.rpcUrl}/status`)).rejects.toThrow('fetch failed');
    const second = await startJson('--state-dir', stateDir);
    expect(await firstR3mesBlock(second.r3mes.rpcUrl)).toBe(hash);
  });

  it('ends with an error when its node ends', async () => {
    const { chains } = await startJson();
    process.kill(chains[0]!.pid, 'SIGKILL');
    expect(await once(child, 'exit')).toEqual([1, null]);
  });

  it.each([['--port', 'abc'], ['--colour'], ['--chain', '1x']])('refuses %s %s', async (...flags) => {
    const lines = start(...flags);
    expect((await lines.next()).done).toBe(true);
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function blockNumber(rpcUrl: string): Promise<number> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] });
  const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return Number(((await response.json()) as { result: string }).result);
}

async function firstR3mesBlock(rpcUrl: string): Promise<string> {
  const answer = await fetch(`${rpcUrl}/block?height=1`);
  const { result } = (await answer.json()) as { result: { block_id: { hash: string } } };
  return result.block_id.hash;
}
