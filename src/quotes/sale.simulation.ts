import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppConfig } from '../config/app.config.js';
import type { Call, QuoteFailureCode } from './quotes.schemas.js';

/** What would become of one token's calls. Null: it would be sold. */
export type SimulatedEnd = Extract<QuoteFailureCode, 'transfer-reverts' | 'slippage'> | null;

const TIMEOUT_MS = 4_000;
/** A node that cannot simulate is asked again after this. */
const WITHOUT_MS = 10 * 60_000;

const results = z.object({
  result: z
    .array(
      z.object({
        calls: z.array(
          z.object({ status: z.string(), error: z.unknown().optional(), returnData: z.string().optional() }),
        ),
      }),
    )
    .length(1),
});

/**
 * Tries calls on the chain's own node (`eth_simulateV1`), one after another on the newest block, so that one token that
 * refuses to be sold does not undo a whole batch. Nodes that cannot do it are many: then nothing is known.
 */
@Injectable()
export class SaleSimulation {
  private readonly withoutUntil = new Map<number, number>();

  constructor(private readonly config: AppConfig) {}

  /** @returns the end of each group, or undefined when the node cannot tell */
  async run(
    chainId: number,
    sender: string,
    groups: readonly (readonly Call[])[],
  ): Promise<readonly SimulatedEnd[] | undefined> {
    const chain = this.config.evmChains.find(({ id }) => id === chainId);
    if (chain === undefined || groups.length === 0) return groups.length === 0 ? [] : undefined;
    if ((this.withoutUntil.get(chainId) ?? 0) > performance.now()) return undefined;
    try {
      const calls = groups.flat().map(({ to, data, value }) => ({
        from: sender,
        to,
        data,
        value: `0x${BigInt(value).toString(16)}`,
      }));
      const response = await fetch(chain.rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'eth_simulateV1',
          params: [{ blockStateCalls: [{ calls }] }, 'latest'],
        }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const parsed = results.safeParse(await response.json());
      if (parsed.success) return endsOf(groups, parsed.data.result[0]!.calls);
      this.withoutUntil.set(chainId, performance.now() + WITHOUT_MS);
      return undefined;
    } catch {
      // The node did not answer, or not with JSON: the next quote asks again.
      return undefined;
    }
  }
}

type CallResult = z.output<typeof results>['result'][number]['calls'][number];

function endsOf(groups: readonly (readonly Call[])[], calls: readonly CallResult[]): readonly SimulatedEnd[] {
  if (calls.length !== groups.flat().length) throw new RangeError('one result for each call');
  let at = 0;
  return groups.map((group) => {
    const own = calls.slice(at, (at += group.length));
    const failed = own.find(({ status }) => BigInt(status) === 0n);
    return failed === undefined ? null : reasonOf(failed);
  });
}

/** `Slippage(uint256,uint256)`, and Uniswap's `V3TooLittleReceived()` and `V2TooLittleReceived()`. */
const SLIPPAGE_ERRORS = ['0x2746152a', '0x39d35496', '0x849eaf98'];

function reasonOf({ error, returnData = '' }: CallResult): Exclude<SimulatedEnd, null> {
  const text = JSON.stringify(error ?? '');
  const told = /slippage|too little|insufficient.?output|min.?(out|return|amount)/i.test(text);
  const selector = SLIPPAGE_ERRORS.some((known) => returnData.startsWith(known) || text.includes(known));
  return told || selector ? 'slippage' : 'transfer-reverts';
}
