import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppConfig } from '../config/app.config.js';
import type { Call } from './quotes.schemas.js';

const TIMEOUT_MS = 4_000;
/** `approve(address,uint256)`, its two words, and `allowance(address,address)`. */
const APPROVE = /^0x095ea7b3([0-9a-f]{64})([0-9a-f]{64})$/i;
const ALLOWANCE = '0xdd62ed3e';
const NOTHING = '0'.repeat(64);

const answers = z.array(z.object({ id: z.int(), result: z.string().optional() }));

interface Approval {
  readonly call: Call;
  readonly spender: string;
}

/**
 * Tokens like Tether's refuse to replace an allowance that is not zero by another: it is taken back first. That also
 * leaves a spender no moment in which it could use the old allowance and then the new one (EIP-20, `approve`).
 */
@Injectable()
export class StandingAllowances {
  constructor(private readonly config: AppConfig) {}

  /** Each group with what takes old allowances back. A node that does not answer leaves them as they were. */
  async clear(
    chainId: number,
    owner: string,
    groups: readonly (readonly Call[])[],
  ): Promise<readonly (readonly Call[])[]> {
    const approvals = groups.flat().flatMap(approvalIn);
    const standing = approvals.length === 0 ? [] : await this.standing(chainId, owner, approvals);
    if (standing.length === 0) return groups;
    const resets = new Map(standing.map(({ call, spender }) => [call, resetOf(call, spender)]));
    return groups.map((calls) =>
      calls.flatMap((call) => {
        const reset = resets.get(call);
        return reset === undefined ? [call] : [reset, call];
      }),
    );
  }

  /** Those that meet an allowance which is not zero, asked for in one round trip. */
  private async standing(chainId: number, owner: string, approvals: readonly Approval[]): Promise<readonly Approval[]> {
    const chain = this.config.evmChains.find(({ id }) => id === chainId);
    if (chain === undefined) return [];
    const requests = approvals.map(({ call, spender }, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'eth_call',
      params: [{ to: call.to, data: `${ALLOWANCE}${wordOf(owner)}${spender}` }, 'latest'],
    }));
    try {
      const response = await fetch(chain.rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(requests),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const told = new Map(answers.parse(await response.json()).map(({ id, result }) => [id, result]));
      return approvals.filter((_, id) => /[1-9a-f]/i.test((told.get(id) ?? '0x').slice(2)));
    } catch {
      // Without an answer the sale is offered as the Bridge made it, and the simulation tells whether it would go through.
      return [];
    }
  }
}

function approvalIn(call: Call): Approval[] {
  const [, spender, amount] = APPROVE.exec(call.data) ?? [];
  return spender === undefined || amount === NOTHING ? [] : [{ call, spender }];
}

function resetOf(call: Call, spender: string): Call {
  return { ...call, data: `0x095ea7b3${spender}${NOTHING}` };
}

function wordOf(address: string): string {
  return address.slice(2).toLowerCase().padStart(64, '0');
}
