import { z } from 'zod';
import { r3mesWallet } from '../catalog/r3mes-wallet.schema.js';
import { unknownFields } from '../http/unknown-fields.message.js';
import { MAX_DAYS } from './miners.statements.js';

/** Beyond what any network has, and still exact to four decimals in a JSON number. */
const MAX_RATE = 1e11;
const DEFAULT_DAYS = '7';
const DAYS_EXPECTED = `should be a whole number of days from 1 to ${MAX_DAYS}`;
const EARNINGS_EXPECTED =
  'should be an amount of coins as a string, not negative, with at most 8 decimals, like "0.125"';

const measurement = (from: number, to: number) => {
  const error = `should be a number from ${from} to ${to}`;
  return z.number({ error }).min(from, { error }).max(to, { error });
};

const BLOCKS_EXPECTED = 'should be a whole number, not negative';

export const minerRegistration = z.strictObject({ walletAddress: r3mesWallet }, { error: unknownFields });

/** What a miner reports of itself. Earnings are those since its last report. */
export const minerReport = z.strictObject(
  {
    hashrate: measurement(0, MAX_RATE),
    gpu_temperature: measurement(-50, 200),
    blocks_found: z.int({ error: BLOCKS_EXPECTED }).min(0, { error: BLOCKS_EXPECTED }),
    uptime_percentage: measurement(0, 100),
    network_difficulty: measurement(0, MAX_RATE),
    earnings: z
      .string({ error: EARNINGS_EXPECTED })
      .regex(/^\d{1,12}(\.\d{1,8})?$/, { error: EARNINGS_EXPECTED })
      .optional(),
  },
  { error: unknownFields },
);

export const historyQuery = z.object({
  days: z
    .string({ error: DAYS_EXPECTED })
    .describe(`A whole number of days from 1 to ${MAX_DAYS}, today included`)
    .refine((text) => /^[1-9]\d{0,2}$/.test(text) && Number(text) <= MAX_DAYS, { error: DAYS_EXPECTED })
    .transform(Number)
    .prefault(DEFAULT_DAYS),
});

export type MinerRegistration = z.output<typeof minerRegistration>;
export type MinerReport = z.output<typeof minerReport>;
export type HistoryQuery = z.output<typeof historyQuery>;
