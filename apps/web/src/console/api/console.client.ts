import { eventsOf, type StreamEvent } from './event-stream.reader.js';
import type { Explanation } from './explanation.types.js';
import type { StatsNews, StatsView } from './stats.types.js';

/** The API refused, or could not be reached (`status` 0). The message is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  /** The key itself is no good: nothing will come of another try. */
  get isRefusal(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/** What came of an invalidation. `queued`: it is kept until the store can be reached again. */
export interface Invalidated {
  readonly deletedCount: number;
  readonly status: 'applied' | 'queued' | 'coalesced';
}

export type Target =
  { readonly action: 'invalidate'; readonly key: string } | { readonly action: 'invalidateTag'; readonly tag: string };

interface Asked extends RequestInit {
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API as the console uses it, with the key that was given. */
export class ConsoleClient {
  constructor(private readonly key: string) {}

  /** @throws ApiError */
  async stats(signal: AbortSignal): Promise<StatsNews> {
    const answer = await this.ask('/api/cache/stats', { signal });
    const stats = (await answer.json()) as StatsView;
    return { at: Date.parse(answer.headers.get('date') ?? '') || Date.now(), stats };
  }

  /** @throws ApiError before the first event; later, whatever broke the connection */
  async *stream(signal: AbortSignal): AsyncGenerator<StreamEvent> {
    const { body } = await this.ask('/api/cache/stats/stream', { signal });
    if (body !== null) yield* eventsOf(body);
  }

  /** @throws ApiError */
  async explain(key: string, signal: AbortSignal): Promise<Explanation> {
    const answer = await this.ask(`/api/cache/explain?key=${encodeURIComponent(key)}`, { signal });
    return answer.json() as Promise<Explanation>;
  }

  /** @throws ApiError */
  async invalidate(target: Target): Promise<Invalidated> {
    const answer = await this.ask('/api/cache', {
      method: 'POST',
      body: JSON.stringify(target),
      headers: { 'content-type': 'application/json' },
    });
    return answer.json() as Promise<Invalidated>;
  }

  private async ask(path: string, init: Asked): Promise<Response> {
    const answer = await fetch(path, { ...init, headers: { ...init.headers, 'x-api-key': this.key } }).catch(
      (error: unknown) => {
        if (init.signal?.aborted === true) throw error;
        throw new ApiError(0, 'The API cannot be reached.');
      },
    );
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => null)) as { readonly detail?: string } | null;
    throw new ApiError(answer.status, problem?.detail ?? `The API answered ${answer.status}.`);
  }
}
