import { z } from 'zod';
import { R3MES_ADDRESS_EXPECTED, r3mesAddressKey } from './r3mes-address.js';

/** An R3MES wallet as somebody typed it; becomes its key form. */
export const r3mesWallet = z
  .string({ error: `should be ${R3MES_ADDRESS_EXPECTED}` })
  .describe(`It should be ${R3MES_ADDRESS_EXPECTED}`)
  .transform((text, context) => {
    const key = r3mesAddressKey(text);
    if (key !== null) return key;
    context.issues.push({ code: 'custom', message: `should be ${R3MES_ADDRESS_EXPECTED}`, input: text });
    return z.NEVER;
  });

/** The parameter of routes that are about one wallet. */
export const walletParams = z.object({ wallet: r3mesWallet });

export type WalletParams = z.output<typeof walletParams>;
