import type { Explanation } from '@chaincache/cache';
import { z } from 'zod';

const ms = z.number().describe('Milliseconds');

/** What GET /api/cache/explain answers. */
export const explanationAnswer = z.object({
  key: z.string(),
  entry: z.string(),
  l1: z
    .object({ servable: z.boolean(), ageMs: ms, freshForMs: ms, networkAfterMs: ms })
    .nullable()
    .describe('In the memory of the instance that answers'),
  l2: z
    .object({
      state: z
        .enum(['valid', 'expired', 'invalidated'])
        .describe('expired: only as a stale answer; invalidated: never served again'),
      ageMs: ms.nullable(),
      freshForMs: ms.nullable(),
      expiresInMs: ms.describe('Milliseconds until Redis deletes it by itself'),
    })
    .nullable()
    .describe('In Redis'),
  storeAnswered: z.boolean().describe('If not, l2 and lease say nothing'),
  tags: z.array(z.object({ tag: z.string(), version: z.string().nullable() })).readonly(),
  identity: z.string().nullable().describe('Of the Redis that answered'),
  lease: z.object({ remainingMs: ms }).nullable().describe('Somebody is loading it'),
  lastInvalidation: z
    .object({ by: z.string(), of: z.string(), agoMs: ms })
    .nullable()
    .describe('The newest that concerned the key, as far as the instance that answers has heard'),
}) satisfies z.ZodType<Explanation>;
