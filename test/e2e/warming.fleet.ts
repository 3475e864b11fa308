import { type R3mesChain, startR3mesChain } from '@chaincache/devnet';
import { startRedis, type TestRedis } from '../support/services.js';
import { type CountingProxy, startCountingProxy } from './counting.proxy.js';
import { databaseForSpec } from './database-for-spec.js';
import { type MainProcess, startMain } from './main.process.js';
import { ADMIN, ADMIN_API_KEY } from './r3mes-api.js';

/** Longer than any load here takes between two calls, shorter than the rounds' distance. */
const SETTLED_MS = 500;
export const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

export interface WarmAnswer {
  readonly leads: boolean;
  readonly fence: number | null;
  readonly entries: Readonly<Record<string, { warmed: number; failed: number; skipped: number; used: number }>>;
}

/** One process of the built application. */
export class Instance {
  constructor(
    readonly process: MainProcess,
    readonly url: string,
  ) {}

  async warming(): Promise<WarmAnswer> {
    const answer = await fetch(`${this.url}/api/cache/warm`, { headers: ADMIN });
    return (await answer.json()) as WarmAnswer;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.child.kill(signal);
  }
}

/** Processes that share Redis, PostgreSQL and a chain that makes no blocks, and whose calls of the chain are counted. */
export class WarmingFleet {
  private constructor(
    readonly instances: readonly Instance[],
    private readonly redis: TestRedis,
    private readonly chain: R3mesChain,
    private readonly rpc: CountingProxy,
    private readonly api: CountingProxy,
  ) {}

  static async start(count: number, environment: Readonly<Record<string, string>>): Promise<WarmingFleet> {
    const [redis, chain, databaseUrl] = await Promise.all([
      startRedis(),
      startR3mesChain({ blockInterval: 'manual' }),
      databaseForSpec(),
    ]);
    chain.control.produceBlock(5);
    const [rpc, api] = await Promise.all([startCountingProxy(chain.rpcUrl), startCountingProxy(chain.apiUrl)]);
    const processes = await Promise.all(
      Array.from({ length: count }, () =>
        startMain({
          PORT: '0',
          LOG_LEVEL: 'warn',
          ADMIN_API_KEY,
          REDIS_URL: redis.url,
          DATABASE_URL: databaseUrl,
          R3MES_RPC_URL: rpc.url,
          R3MES_API_URL: api.url,
          THIRDWEB_CLIENT_ID: 'none',
          INSIGHT_URL: 'http://127.0.0.1:9',
          EVM_CHAINS: '31337=http://127.0.0.1:9',
          ...environment,
        }),
      ),
    );
    const instances = await Promise.all(processes.map(async (one) => new Instance(one, await one.ready)));
    return new WarmingFleet(instances, redis, chain, rpc, api);
  }

  /**
   * When the height alone was read from the chain, from a moment on: blocks and statistics ask for the height as well,
   * each with a second call. Waits for a pause, so that no load is counted between its first call and its second.
   */
  async heightLoads(sinceMs = 0): Promise<readonly number[]> {
    const callsOf = (proxy: CountingProxy, name: string): readonly number[] => proxy.calls.get(name) ?? [];
    const all = (): readonly number[] => [this.rpc, this.api].flatMap(({ calls }) => [...calls.values()].flat());
    while (performance.now() - Math.max(...all()) < SETTLED_MS) await pause(SETTLED_MS / 5);
    const others = [...callsOf(this.rpc, 'blockchain'), ...callsOf(this.api, '/remes/remes/v1/dashboard/statistics')];
    const status = [...callsOf(this.rpc, 'status')];
    for (const other of others) {
      const nearest = status.reduce(
        (best, at, index) => (Math.abs(at - other) < Math.abs(status[best]! - other) ? index : best),
        0,
      );
      status.splice(nearest, 1);
    }
    return status.filter((at) => at >= sinceMs);
  }

  /** The one that leads, once there is one among these. */
  async leader(among: readonly Instance[] = this.instances): Promise<Instance> {
    for (;;) {
      const answers = await Promise.all(among.map((instance) => instance.warming()));
      const index = answers.findIndex(({ leads }) => leads);
      if (index >= 0) return among[index]!;
      await pause(20);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map(({ process }) => process.remove()));
    await Promise.all([this.rpc.stop(), this.api.stop(), this.chain.stop(), this.redis.stop()]);
  }
}
