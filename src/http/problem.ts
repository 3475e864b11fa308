import { STATUS_CODES } from 'node:http';

/** One field that is wrong, and what it should be. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** The body of every error answer (RFC 9457). */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly errors?: readonly FieldError[];
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** An error answer, thrown by controllers and guards. Nothing below them knows of HTTP. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly detail: string,
    readonly options: {
      readonly errors?: readonly FieldError[];
      /** Sent as Retry-After, in whole seconds, at least 1. */
      readonly retryAfterMs?: number | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail);
  }

  /** A 400 that names the fields. */
  static badRequest(...errors: readonly FieldError[]): Problem {
    return new Problem(400, errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
  }

  /** The headers of the answer. */
  headers(): Readonly<Record<string, string>> {
    const { headers = {}, retryAfterMs } = this.options;
    if (retryAfterMs === undefined) return headers;
    return { ...headers, 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) };
  }

  /** @param instance names this occurrence: the request's id */
  body(instance: string): ProblemDetails {
    const { errors } = this.options;
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.detail,
      instance,
      ...(errors === undefined ? {} : { errors }),
    };
  }
}
