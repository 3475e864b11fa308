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
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
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
  return new ApiError(detail, response.status, retryAfterOf(response.headers.get('retry-after')));
}

function retryAfterOf(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** How long to wait before attempt number `attempt` (from 0): what the API asked for, else doubling from half a second. */
export function retryDelayMs(attempt: number, error: unknown): number {
  const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
  return Math.min(asked ?? 500 * 2 ** attempt, 10_000);
}
