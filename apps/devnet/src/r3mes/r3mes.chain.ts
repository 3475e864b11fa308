import { randomBytes } from 'node:crypto';
import { timeOfNanos } from './block.encoding.js';
import { ChainLedger } from './chain.ledger.js';
import { ChainNode } from './chain.node.js';
import { fileStorage, memoryStorage, type ChainOrigin } from './chain.storage.js';
import { controlOf, type R3mesControl } from './r3mes.control.js';
import { startRestServer } from './rest.server.js';
import { startRpcServer } from './rpc.server.js';
import { submitGradients } from './miner.traffic.js';
import { claim, refuseWhileRunning } from './state.claim.js';
import { ValidatorSet, validatorFromSeed } from './validator.set.js';
import { devnetWallet } from './wallet.derivation.js';

export interface R3mesChainOptions {
  /** Default `r3mes-testnet-1`. */
  readonly chainId?: string;
  /** Milliseconds between blocks, or `manual`: only `control.produceBlock()` makes them. Default 1500. */
  readonly blockInterval?: number | 'manual';
  /**
   * Folder in which the chain goes on after a restart. Without it each start is a new chain: other keys, another
   * genesis time and so another hash at every height.
   */
  readonly stateDir?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Port of RPC and WebSocket. Default 0: any free one. */
  readonly rpcPort?: number;
  /** Port of the REST API. Default 0: any free one. */
  readonly apiPort?: number;
  /** Wallets that mine blocks. Default: the devnet's wallets `miner/1` to `miner/24`. */
  readonly miners?: readonly string[];
  /** Gradients that miners submit for each block made by the interval. Default 1. */
  readonly gradientsPerBlock?: number;
  /** Blocks that are kept. Default 5 000. */
  readonly retainBlocks?: number;
}

export interface R3mesChain {
  readonly chainId: string;
  /** CometBFT's RPC over HTTP. */
  readonly rpcUrl: string;
  /** The same over WebSocket, with its path. */
  readonly wsUrl: string;
  /** The REST API of the chain's application. */
  readonly apiUrl: string;
  readonly control: R3mesControl;
  stop(): Promise<void>;
}

export const defaultChainId = 'r3mes-testnet-1';
const defaults = { blockInterval: 1_500, host: '127.0.0.1', gradientsPerBlock: 1, retainBlocks: 5_000 };
/** Voting powers of the four validators, uneven so that they propose unequally often. */
const votingPowers = [10n, 8n, 7n, 5n];
const minerCount = 24;

/**
 * A CometBFT-compatible chain in this process, with the R3MES queries beside it. Block 1 is there when it resolves.
 * @throws Error when another chain runs on the state folder, or when what it holds is damaged or of another chain id
 */
export async function startR3mesChain(options: R3mesChainOptions = {}): Promise<R3mesChain> {
  const { blockInterval, host, gradientsPerBlock, retainBlocks } = { ...defaults, ...options };
  if (options.stateDir !== undefined) await refuseWhileRunning(options.stateDir);
  const node = new ChainNode(openLedger(options, retainBlocks));
  if (node.ledger.height === 0) node.produce();
  const rpc = await startRpcServer(node, host, options.rpcPort ?? 0);
  const control = controlOf(node, rpc.sockets);
  const api = await startRestServer(node, control, host, options.apiPort ?? 0).catch(async (error: unknown) => {
    await rpc.close();
    throw error;
  });
  const rpcUrl = `http://${host}:${rpc.port}`;
  const { chainId, genesisTime } = node.ledger.options.origin;
  if (options.stateDir !== undefined) claim(options.stateDir, { rpcUrl, genesisTime });
  const timer = blockInterval === 'manual' ? undefined : setInterval(tick, blockInterval);

  function tick(): void {
    if (node.faults.halted) return;
    submitGradients(node.ledger, gradientsPerBlock);
    node.produce();
  }

  return {
    chainId,
    rpcUrl,
    wsUrl: `ws://${host}:${rpc.port}/websocket`,
    apiUrl: `http://${host}:${api.port}`,
    control,
    async stop() {
      clearInterval(timer);
      await Promise.all([rpc.close(), api.close()]);
    },
  };
}

function openLedger(options: R3mesChainOptions, retainBlocks: number): ChainLedger {
  const storage = options.stateDir === undefined ? memoryStorage : fileStorage(options.stateDir);
  const stored = storage.load();
  if (stored !== undefined && options.chainId !== undefined && stored.origin.chainId !== options.chainId) {
    throw new Error(
      `${options.stateDir} holds the chain ${stored.origin.chainId}, not ${options.chainId}: name another stateDir or remove it.`,
    );
  }
  const origin = stored?.origin ?? newOrigin(options.chainId ?? defaultChainId);
  const validators = new ValidatorSet(votingPowers.map((power, index) => validatorFromSeed(origin.seed, index, power)));
  const miners = options.miners ?? Array.from({ length: minerCount }, (_, index) => devnetWallet(`miner/${index + 1}`));
  return new ChainLedger({ origin, validators, miners, retainBlocks, now: wallClockNanos }, storage, stored?.blocks);
}

function newOrigin(chainId: string): ChainOrigin {
  const genesisTime = timeOfNanos(wallClockNanos());
  return { chainId, genesisTime, seed: randomBytes(32).toString('hex'), tally: {} };
}

/** The wall clock, with the monotonic clock's digits below the millisecond. */
function wallClockNanos(): bigint {
  return BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
}
