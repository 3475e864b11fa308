import { setTimeout as wait } from 'node:timers/promises';
import { JsonRpcClient } from './json-rpc.client.js';
import type { ChainRecord, StateFolder } from './state.folder.js';

const BETWEEN_LOOKS_MS = 50;
/** A node whose devnet was killed stops answering within milliseconds. */
const ANSWERING_FOR_MS = 2_000;
/** Then it writes its state. */
const LEAVING_FOR_MS = 10_000;

/**
 * Resolves when no node of the last run uses the folder any more. After a killed run its nodes may still be leaving,
 * and the state that they write is what this run continues from.
 * @throws Error when a devnet is running on this folder
 */
export async function releasedByLastRun(state: StateFolder, chainIds: readonly number[]): Promise<void> {
  const records = Object.values(state.record()?.chains ?? {});
  const answering = async (): Promise<boolean> => (await Promise.all(records.map(answers))).includes(true);
  if (!(await ceases(answering, ANSWERING_FOR_MS))) {
    throw new Error('Another devnet uses this state folder. Stop it, or use another folder.');
  }
  // One that stays alive but does not answer is somebody else's process by now: process ids are used again.
  const leaving = (): boolean => records.some(({ pid }) => isAlive(pid)) && !state.continuable(chainIds);
  await ceases(leaving, LEAVING_FOR_MS);
}

async function ceases(goesOn: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= withinMs; waitedMs += BETWEEN_LOOKS_MS) {
    if (!(await goesOn())) return true;
    await wait(BETWEEN_LOOKS_MS);
  }
  return false;
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
