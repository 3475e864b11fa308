/** A source (an upstream API or node) could not be read. Says what happened, never with whose wallet or key. */
export class SourceError extends Error {
  override readonly name = 'SourceError';

  constructor(
    readonly source: string,
    message: string,
    readonly options: {
      /** The same request may succeed later without anybody changing anything. */
      readonly retryable: boolean;
      /** How long the source asked to be left alone. */
      readonly retryAfterMs?: number | undefined;
      /** The status of the answer, where there was one. */
      readonly status?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(`${source}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
  }
}
