import type { WarmProgress, WarmStats } from '@chaincache/cache';
import { z } from 'zod';

const counts = z.object({ warmed: z.number(), failed: z.number(), skipped: z.number() });

/** What an order has come to. */
export const progressAnswer = z.object({
  status: z.enum(['running', 'done']),
  total: z.number().describe('Keys'),
  entries: z.record(z.string(), counts).describe('By entry'),
}) satisfies z.ZodType<WarmProgress>;

/** What GET /api/cache/warm answers. */
export const warmStateAnswer = z.object({
  entries: z
    .record(z.string(), counts.extend({ used: z.number().describe('Warmed, and then served before it expired') }))
    .describe('By entry'),
  leads: z.boolean().describe('The periodic rounds run on this instance'),
  fence: z.number().nullable().describe('Grows with each tenure of any instance; null while this one does not lead'),
  followedKeys: z.number().describe('Keys whose use is followed'),
  order: progressAnswer.nullable().describe('The last one; null before the first'),
}) satisfies z.ZodType<WarmStats>;

export type WarmState = Readonly<z.output<typeof warmStateAnswer>>;
