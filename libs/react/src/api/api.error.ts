/** Nobody sits before a page for longer than this because it says that it waits. */
const MAX_WAIT_MS = 60_000;
const MAX_BACKOFF_MS = 10_000;

/** The API refused or could not be reached. `message` can be shown to a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    /** HTTP status; 0: nothing answered. */
    readonly status: number,
    /** How long the API asks to wait, ms. */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.retryAt = retryAfterMs === undefined ? undefined : Date.now() + retryAfterMs;
  }

  /** Until when the API asks to wait: wall clock, ms. */
  readonly retryAt: number | undefined;

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Whether it may succeed while a person waits for it. */
  get retryableSoon(): boolean {
    return this.retryable && (this.retryAfterMs ?? 0) <= MAX_WAIT_MS;
  }
}

interface Problem {
  readonly detail?: unknown;
  readonly title?: unknown;
}

/** The error of an answer that is not 2xx: RFC 9457's `detail` where there is one. */
export async function errorOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Problem | null;
  const told = problem?.detail ?? problem?.title;
  const detail = typeof told === 'string' ? told : `The server answered ${response.status}.`;
  const retryAfterMs = retryAfterOf(response.headers.get('retry-after'));
  const when =
    response.status === 429 && retryAfterMs !== undefined
      ? ` Try again in ${Math.max(1, Math.ceil(retryAfterMs / 1_000))} s.`
      : '';
  return new ApiError(`${detail}${when}`, response.status, retryAfterMs);
}

function retryAfterOf(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Until when the API asks to wait because it was asked for too much: wall clock, ms. Null: it does not. */
export function waitUntilOf(error: unknown): number | null {
  return error instanceof ApiError && error.status === 429 ? (error.retryAt ?? null) : null;
}

/** How long to wait before attempt number `attempt` (from 0): what the API asked for, else doubling from half a second. */
export function retryDelayMs(attempt: number, error: unknown): number {
  const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
  return asked === undefined ? Math.min(500 * 2 ** attempt, MAX_BACKOFF_MS) : Math.min(asked, MAX_WAIT_MS);
}
