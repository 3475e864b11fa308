import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deployment } from './chain.deployment.js';

/** What is remembered of a run, beside the nodes' own dumps. */
export interface StateRecord {
  readonly version: 1;
  /** Part of the names of this run's dumps, so that no other run's dump is ever taken for them. */
  readonly runId: string;
  readonly mnemonic: string;
  /** By chain id. */
  readonly chains: Readonly<Record<string, ChainRecord>>;
}

export interface ChainRecord {
  readonly deployment: Deployment;
  /** The node's address and process id, to find out whether it still runs. */
  readonly rpcUrl: string;
  readonly pid: number;
}

const RECORD = 'devnet.json';
const VERSION = 1;

/**
 * Keeps the devnet's chains from one run to the next. A chain continues only from a dump that its node completed when
 * it was asked to stop. After a crash there is none, and the next run starts anew with other wallets, so that nothing
 * that was cached of the lost chain can be taken for the new one's.
 */
export class StateFolder {
  readonly runId = randomUUID();

  constructor(private readonly folder: string) {
    // Only this folder is private: what stands beside it may belong to servers of other users.
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  record(): StateRecord | undefined {
    return readJson<StateRecord>(join(this.folder, RECORD));
  }

  /** The last run's record if each of these chains can be continued from it. */
  continuable(chainIds: readonly number[]): StateRecord | undefined {
    const record = this.record();
    if (record?.version !== VERSION) return undefined;
    const same = Object.keys(record.chains).length === chainIds.length;
    const complete = chainIds.every((id) => record.chains[id] && readJson(this.dumpOf(record.runId, id)) !== undefined);
    return same && complete ? record : undefined;
  }

  /** Where this run's node is to leave its state. */
  dumpPath(chainId: number): string {
    return this.dumpOf(this.runId, chainId);
  }

  /** Where the last run's node left it. */
  lastDumpPath(last: StateRecord, chainId: number): string {
    return this.dumpOf(last.runId, chainId);
  }

  /**
   * From here on the folder is this run's: its record replaces the last one's in one step, and the last run's dumps,
   * which stop being true as soon as the chains go on, are removed. Until then, a start that fails costs nothing.
   */
  keep(mnemonic: string, chains: StateRecord['chains']): void {
    const record: StateRecord = { version: VERSION, runId: this.runId, mnemonic, chains };
    const draft = join(this.folder, `${RECORD}.draft`);
    writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
    renameSync(draft, join(this.folder, RECORD));
    for (const file of readdirSync(this.folder)) {
      if (file.startsWith('chain-') && !file.includes(this.runId)) rmSync(join(this.folder, file));
    }
  }

  private dumpOf(runId: string, chainId: number): string {
    return join(this.folder, `chain-${chainId}.${runId}.json`);
  }
}

/** A file that is missing, or was not written to its end, is undefined. */
function readJson<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
