import { z } from 'zod';

/** One EVM chain that balances are read from. */
export interface EvmChain {
  readonly id: number;
  readonly rpcUrl: string;
  /** Where new blocks are heard of; without it nothing is pushed. */
  readonly wsUrl: string | undefined;
}

/** Insight takes at most 55 chain ids in one call. */
const MAX_CHAINS = 55;

const rpcUrl = z.url({ protocol: /^https?$/ });
const wsUrl = z.url({ protocol: /^wss?$/ });
const chain = z.strictObject({
  id: z.int().min(1),
  rpc: rpcUrl,
  ws: wsUrl.optional(),
});

/**
 * `EVM_CHAINS` in either form: `[{"id":8453,"rpc":"https://…","ws":"wss://…"}]` or `8453=https://…|wss://…,1=https://…`.
 * Refuses two chains of one id.
 */
export const evmChains = z
  .string()
  .transform((value, context) => {
    const given = value.trimStart().startsWith('[') ? parseJson(value) : parsePairs(value);
    const chains = z.array(chain).min(1).max(MAX_CHAINS).safeParse(given);
    if (chains.success && new Set(chains.data.map(({ id }) => id)).size === chains.data.length) return chains.data;
    context.issues.push({ code: 'custom', message: 'not accepted', input: value });
    return z.NEVER;
  })
  .transform((chains): readonly EvmChain[] => chains.map(({ id, rpc, ws }) => ({ id, rpcUrl: rpc, wsUrl: ws })));

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function parsePairs(value: string): unknown {
  return value.split(',').map((pair) => {
    const equals = pair.indexOf('=');
    const id = pair.slice(0, Math.max(0, equals)).trim();
    const [rpc, ws, ...more] = pair.slice(equals + 1).split('|');
    if (!/^\d{1,15}$/.test(id) || more.length > 0) return undefined;
    return { id: Number(id), rpc: rpc?.trim(), ...(ws === undefined ? {} : { ws: ws.trim() }) };
  });
}
