import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { CacheHeadersInterceptor } from '@chaincache/cache/nest';
import type { z } from 'zod';
import { CachedReplyInterceptor } from './cached-reply.interceptor.js';

export interface CachedAnswerOptions {
  readonly description: string;
  readonly schema: z.ZodType;
  /** What the 503 says: what cannot be read. */
  readonly unavailable: string;
  /** Loads of this route count against the client's allowance. Default: they do not. */
  readonly limited?: boolean;
}

const ETAG = { description: 'Names these very bytes', schema: { type: 'string' as const } };
const CACHE_CONTROL = {
  description: 'A copy must ask again: no invalidation reaches it, and a 304 is cheap',
  schema: { type: 'string' as const, enum: ['no-cache'] },
};
const TIER = {
  'X-Cache': {
    description: 'Where the value came from; STALE: the source cannot be read, and this is what was read last',
    schema: { type: 'string' as const, enum: ['L1', 'L2', 'MISS', 'STALE'] },
  },
  Age: { description: 'Seconds since the source was read', schema: { type: 'integer' as const, minimum: 0 } },
};

/** A GET that is answered from the cache: its handler returns a `cachedReply`. */
export function CachedAnswer({ description, schema, unavailable, limited }: CachedAnswerOptions): MethodDecorator {
  const headers = { ...TIER, ETag: ETAG, 'Cache-Control': CACHE_CONTROL };
  return applyDecorators(
    UseInterceptors(CacheHeadersInterceptor, CachedReplyInterceptor),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of the copy that the client has' }),
    ApiResponse({ status: 200, description, headers, standardSchema: schema }),
    ApiResponse({ status: 304, description: 'The copy named by If-None-Match is up to date', headers }),
    ApiResponse({ status: 503, description: `${unavailable}, and nothing servable is cached` }),
    ...(limited === true
      ? [ApiResponse({ status: 429, description: 'Too many cold loads; hits are never limited' })]
      : []),
  );
}
