import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import type { EvmChain } from '../config/evm-chains.parser.js';
import { SourceError } from './source.error.js';

const TIMEOUT_MS = 3_000;

/** Reads how high an EVM chain is, through thirdweb's SDK, which is loaded on first use: it costs a second and 60 MB. */
@Injectable()
export class ChainHeadReader {
  private readonly heads = new Map<number, number>();
  private readonly running = new Map<number, Promise<void>>();
  private readonly waiting = new Map<number, Promise<void>>();

  constructor(private readonly config: AppConfig) {}

  /** The chain that a height without a chain id is of. */
  get defaultChainId(): number {
    return this.config.evmChains[0]!.id;
  }

  /** The highest block that was ever heard of, or undefined; asks nobody. */
  known(chainId: number): number | undefined {
    return this.heads.get(chainId);
  }

  /**
   * Whether the chain is, or with its next block will be, that high.
   * @throws SourceError when the node cannot be asked
   */
  async reaches(chainId: number, height: number): Promise<boolean> {
    if (height > (this.heads.get(chainId) ?? -1) + 1) await this.refresh(chainId);
    return height <= this.heads.get(chainId)! + 1;
  }

  /**
   * One call to the node at a time, whoever asks: nobody can make it work harder. A caller never joins a call that began
   * before it asked, for that one may have missed its block, but the next one, which all who wait share.
   */
  private refresh(chainId: number): Promise<void> {
    const running = this.running.get(chainId);
    if (running === undefined) return this.begin(chainId);
    const joined = this.waiting.get(chainId);
    if (joined !== undefined) return joined;
    const next = running
      .catch(() => undefined)
      .then(() => {
        this.waiting.delete(chainId);
        return this.begin(chainId);
      });
    this.waiting.set(chainId, next);
    return next;
  }

  private begin(chainId: number): Promise<void> {
    const chain = this.config.evmChains.find(({ id }) => id === chainId);
    if (chain === undefined) throw new RangeError(`chain ${chainId} is not configured`);
    const call = this.ask(chain).finally(() => this.running.delete(chainId));
    this.running.set(chainId, call);
    return call;
  }

  private async ask(chain: EvmChain): Promise<void> {
    try {
      const [{ createThirdwebClient, defineChain }, { eth_blockNumber, getRpcClient }] = await Promise.all([
        import('thirdweb'),
        import('thirdweb/rpc'),
      ]);
      const { clientId, secretKey } = this.config.insight;
      const client = createThirdwebClient(secretKey === undefined ? { clientId: clientId ?? '' } : { secretKey });
      const definition = defineChain({
        id: chain.id,
        rpc: chain.rpcUrl,
        nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      });
      const rpc = getRpcClient({ client, chain: definition, config: { requestTimeoutMs: TIMEOUT_MS } });
      this.heads.set(chain.id, Number(await eth_blockNumber(rpc)));
    } catch {
      // The cause is left out: thirdweb's messages hold the node's address, which may carry a key.
      throw new SourceError(`chain ${chain.id}`, 'its node did not tell its height', { retryable: true });
    }
  }
}
