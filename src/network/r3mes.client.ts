import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { BlockSummary } from '../catalog/network.entries.js';
import { AppConfig } from '../config/app.config.js';
import { retryAfterMs } from '../source/retry-after.parser.js';
import { withDeadline } from '../source/source.deadline.js';
import { SourceError } from '../source/source.error.js';
import { withRetry } from '../source/source.retry.js';
import { blockPage, chainStatistics, type ChainStatistics, nodeStatus, type NodeStatus } from './r3mes.schemas.js';

/** How the two are called in `partial` and in messages; their addresses may hold keys. */
export const NODE = 'r3mes';
export const API = 'r3mes-api';
/** For all attempts of one call: a cached answer waits behind it. */
const DEADLINE_MS = 3_000;
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** CometBFT gives at most so many in one answer (rpc/core/blocks.go). */
const PAGE_BLOCKS = 20;

const rpcAnswer = z.object({ result: z.unknown() });

/** Asks a CometBFT node over RPC and a remesd node over REST; believes nothing that has not the right shape. */
@Injectable()
export class R3mesClient {
  constructor(private readonly config: AppConfig) {}

  /** @throws SourceError for whatever goes wrong, as all methods here */
  status(signal?: AbortSignal): Promise<NodeStatus> {
    return this.rpc('status', {}, nodeStatus, signal);
  }

  /** Blocks from `to` down to `from`, newest first. */
  async blocks(from: number, to: number, signal?: AbortSignal): Promise<readonly BlockSummary[]> {
    const pages: Promise<readonly BlockSummary[]>[] = [];
    for (let newest = to; newest >= from; newest -= PAGE_BLOCKS) {
      const oldest = Math.max(from, newest - PAGE_BLOCKS + 1);
      const params = { minHeight: String(oldest), maxHeight: String(newest) };
      pages.push(this.rpc('blockchain', params, blockPage, signal));
    }
    return (await Promise.all(pages)).flat();
  }

  statistics(signal?: AbortSignal): Promise<ChainStatistics> {
    const { r3mesApiUrl } = this.config;
    return this.ask(
      API,
      r3mesApiUrl && `${r3mesApiUrl}/remes/remes/v1/dashboard/statistics`,
      {},
      chainStatistics,
      signal,
    );
  }

  private async rpc<Schema extends z.ZodType>(
    method: string,
    params: Readonly<Record<string, string>>,
    schema: Schema,
    signal: AbortSignal | undefined,
  ): Promise<z.output<Schema>> {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    };
    const { result } = await this.ask(NODE, this.config.r3mesRpcUrl, request, rpcAnswer, signal);
    const parsed = schema.safeParse(result);
    if (!parsed.success)
      throw new SourceError(NODE, `refused ${method}, or answered it in an unknown shape`, { retryable: false });
    return parsed.data;
  }

  private ask<Schema extends z.ZodType>(
    source: string,
    url: string | undefined,
    request: RequestInit,
    schema: Schema,
    signal: AbortSignal | undefined,
  ): Promise<z.output<Schema>> {
    if (url === undefined) {
      return Promise.reject(new SourceError(source, 'is not configured', { retryable: false }));
    }
    const deadlineMs = Date.now() + DEADLINE_MS;
    return withDeadline({ withinMs: DEADLINE_MS, signal }, (ending) =>
      withRetry(() => this.once(source, url, { ...request, signal: ending, redirect: 'error' }, schema), {
        signal: ending,
        deadlineMs,
      }),
    );
  }

  private async once<Schema extends z.ZodType>(
    source: string,
    url: string,
    request: RequestInit,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const [response, body] = await fetch(url, request)
      .then(async (answer) => [answer, await answer.json()] as const)
      .catch((cause: unknown) => {
        const reason = request.signal?.aborted ? 'did not answer in time' : 'could not be reached or broke off';
        throw new SourceError(source, reason, { retryable: !request.signal?.aborted, cause });
      });
    if (!response.ok) {
      throw new SourceError(source, `answered ${response.status}`, {
        status: response.status,
        retryable: RETRYABLE_STATUS.has(response.status),
        retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()),
      });
    }
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new SourceError(source, 'answered in an unknown shape', { retryable: false });
    return parsed.data;
  }
}
