import { z } from 'zod';
import { EVM_ADDRESS_EXPECTED, evmAddressKey } from '../catalog/evm-address.js';

export const walletParams = z.object({
  address: z
    .string()
    .describe(`It should be ${EVM_ADDRESS_EXPECTED}`)
    .transform((text, context) => {
      const key = evmAddressKey(text);
      if (key !== null) return key;
      context.issues.push({ code: 'custom', message: `should be ${EVM_ADDRESS_EXPECTED}`, input: text });
      return z.NEVER;
    }),
});

export type WalletParams = z.output<typeof walletParams>;
