import { setTimeout as wait } from 'node:timers/promises';
import { JsonRpcClient } from './json-rpc.client.js';
import type { ChainRecord, StateFolder } from './state.folder.js';

const TRIES = 100;
const BETWEEN_TRIES_MS = 50;

/**
 * Resolves when no node of the last run uses the folder any more. After a killed run its nodes may still be leaving,
 * and the state that they write is what this run continues from.
 * @throws Error after 5 s, when a devnet is still running on this folder
 */
export async function releasedByLastRun(state: StateFolder, chainIds: readonly number[]): Promise<void> {
  const records = Object.values(state.record()?.chains ?? {});
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answering = (await Promise.all(records.map(answers))).includes(true);
    const leaving = records.some(({ pid }) => isAlive(pid)) && !state.continuable(chainIds);
    if (!answering && !leaving) return;
    await wait(BETWEEN_TRIES_MS);
  }
  for (const record of records) {
    // A process that is alive but does not answer is somebody else's by now: process ids are used again.
    if (!(await answers(record))) continue;
    throw new Error(
      `Another devnet uses this state folder (its node is at ${record.rpcUrl}). Stop it, or use another.`,
    );
  }
}

/** Whether that node is still the one with these contracts, and not somebody else on the same port. */
async function answers({ rpcUrl, deployment }: ChainRecord): Promise<boolean> {
  try {
    return (await new JsonRpcClient(rpcUrl).call('eth_getCode', deployment.market, 'latest')) !== '0x';
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
