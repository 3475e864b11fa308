import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import type { EvmChain } from '../config/evm-chains.parser.js';
import { SourceError } from './source.error.js';

interface Head {
  readonly number: number;
  readonly readAtMs: number;
}

/** A head younger than this is not asked for again, whatever is demanded: nobody can make a node work harder. */
const MIN_AGE_MS = 250;
const TIMEOUT_MS = 3_000;

/** Reads how high an EVM chain is, through thirdweb's SDK, which is loaded on first use: it costs a second and 60 MB. */
@Injectable()
export class ChainHeadReader {
  private readonly heads = new Map<number, Head>();
  private readonly reading = new Map<number, Promise<number>>();

  constructor(private readonly config: AppConfig) {}

  /** The chain that a height without a chain id is of. */
  get defaultChainId(): number {
    return this.config.evmChains[0]!.id;
  }

  /** The highest block that was ever heard of, or undefined; asks nobody. */
  known(chainId: number): number | undefined {
    return this.heads.get(chainId)?.number;
  }

  /**
   * Whether the chain is, or with its next block will be, that high.
   * @throws SourceError when the node cannot be asked
   */
  async reaches(chainId: number, height: number): Promise<boolean> {
    const known = this.heads.get(chainId);
    if (known && height <= known.number + 1) return true;
    if (known && performance.now() - known.readAtMs < MIN_AGE_MS) return false;
    return height <= (await this.read(chainId)) + 1;
  }

  private read(chainId: number): Promise<number> {
    const running = this.reading.get(chainId);
    if (running) return running;
    const chain = this.config.evmChains.find(({ id }) => id === chainId);
    if (!chain) throw new RangeError(`chain ${chainId} is not configured`);
    const reading = this.ask(chain).finally(() => this.reading.delete(chainId));
    this.reading.set(chainId, reading);
    return reading;
  }

  private async ask(chain: EvmChain): Promise<number> {
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
      const number = Number(await eth_blockNumber(rpc));
      this.heads.set(chain.id, { number, readAtMs: performance.now() });
      return number;
    } catch {
      // The cause is left out: thirdweb's messages hold the node's address, which may carry a key.
      throw new SourceError(`chain ${chain.id}`, 'its node did not tell its height', { retryable: true });
    }
  }
}
