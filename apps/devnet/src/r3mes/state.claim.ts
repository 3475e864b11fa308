import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ANSWER_WITHIN_MS = 1_000;

/** Who wrote the folder last, to find out whether it still does. */
interface Claim {
  readonly rpcUrl: string;
  readonly genesisTime: string;
}

/**
 * Two chains that append to one file would leave neither of them.
 * @throws Error when a chain is running on this folder
 */
export async function refuseWhileRunning(stateDir: string): Promise<void> {
  const last = readClaim(fileOf(stateDir));
  if (last === undefined || (await genesisTimeAt(last.rpcUrl)) !== last.genesisTime) return;
  throw new Error(`Another R3MES chain uses ${stateDir}. Stop it, or use another folder.`);
}

export function claim(stateDir: string, of: Claim): void {
  writeFileSync(fileOf(stateDir), JSON.stringify(of), { mode: 0o600 });
}

function fileOf(stateDir: string): string {
  return join(stateDir, 'node.json');
}

/** A claim that a kill cut short is none. */
function readClaim(file: string): Claim | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Claim;
  } catch {
    return undefined;
  }
}

/** Somebody else on that port may answer anything. */
async function genesisTimeAt(rpcUrl: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${rpcUrl}/genesis`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const { result } = (await answer.json()) as { result?: { genesis?: { genesis_time?: string } } };
    return result?.genesis?.genesis_time;
  } catch {
    return undefined;
  }
}
