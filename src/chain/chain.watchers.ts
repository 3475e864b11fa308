import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { AppConfig } from '../config/app.config.js';
import { LOGGER } from '../logging/logger.token.js';
import { ChainStatus, isWell, R3MES } from './chain.status.js';
import { type BlockWatch, watchBlocks, type WatchState } from './cometbft/index.js';
import { watchEvmChain } from './evm/evm.watcher.js';
import { EvmEvents } from './evm.events.js';
import { R3mesEvents } from './r3mes.events.js';

/** How long the start waits for a chain at most. */
const PATIENCE_MS = 3_000;
/** In these the start goes ahead: what happened before it is dealt with, or the node is down, which is not wrong. */
const SETTLED: ReadonlySet<WatchState['kind']> = new Set(['live', 'halted', 'behind', 'disconnected', 'retrying']);

type StartWatch = (onState: (state: WatchState) => void) => BlockWatch;

/**
 * Watches each configured chain that has an address to hear from, from the end of the start to the beginning of the
 * end. Each instance watches for itself: an event that several of them see takes effect more than once, harmlessly.
 */
@Injectable()
export class ChainWatchers implements OnApplicationBootstrap, OnModuleDestroy {
  private watches: readonly BlockWatch[] = [];

  constructor(
    private readonly config: AppConfig,
    private readonly evm: EvmEvents,
    private readonly r3mes: R3mesEvents,
    private readonly status: ChainStatus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws WrongChainError when a node is of another chain than is configured, which stops the start */
  async onApplicationBootstrap(): Promise<void> {
    const starts = [...this.evmStarts(), ...this.r3mesStart()].map(([chain, start]) => this.begin(chain, start));
    this.watches = starts.map(({ watch }) => watch);
    try {
      await Promise.all(starts.map(({ settled }) => settled));
    } catch (error) {
      await this.onModuleDestroy();
      throw error;
    }
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.stop()));
  }

  private *evmStarts(): Iterable<[string, StartWatch]> {
    for (const { id: chainId, wsUrl: url } of this.config.evmChains) {
      if (url === undefined) continue;
      yield [`evm:${chainId}`, (onState) => watchEvmChain({ url, chainId, onState, ...this.evm.of(chainId) })];
    }
  }

  private *r3mesStart(): Iterable<[string, StartWatch]> {
    const { r3mesRpcUrl: url, r3mesChainId: chainId } = this.config;
    if (url === undefined) return;
    yield [R3MES, (onState) => watchBlocks({ url, chainId, onState, ...this.r3mes.listener() })];
  }

  /** @returns the watch, and what rejects for a node of another chain and resolves when the start may go ahead */
  private begin(chain: string, start: StartWatch): { readonly watch: BlockWatch; readonly settled: Promise<void> } {
    let goAhead = (): void => undefined;
    const ahead = new Promise<void>((resolve) => {
      goAhead = resolve;
      setTimeout(resolve, PATIENCE_MS).unref();
    });
    const watch = start((state) => {
      this.entered(chain, state);
      if (SETTLED.has(state.kind)) goAhead();
    });
    return { watch, settled: Promise.race([watch.ready.then(() => ahead), ahead]) };
  }

  private entered(chain: string, state: WatchState): void {
    const before = this.status.of(chain);
    this.status.enter(chain, state);
    if (before?.state === state.kind) return;
    const line = { event: `chain.${state.kind}`, chain, ...detailOf(state) };
    const isExpected = isWell(state.kind) || state.kind === 'connecting' || state.kind === 'stopped';
    this.logger[state.kind === 'failed' ? 'error' : isExpected ? 'info' : 'warn'](line);
  }
}

/** What a log may say of a state: its figures, and why. */
function detailOf(state: WatchState): object {
  const { kind: _kind, ...details } = state;
  if (!('error' in details)) return details;
  const { error, ...rest } = details;
  return { ...rest, reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}
