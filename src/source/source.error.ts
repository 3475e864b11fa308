/** A source (an upstream API or node, the database) could not be read, or written. Says what happened, never with whose wallet or key. */
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
      /** It was to be changed, and may have been. */
      readonly changing?: boolean | undefined;
      /** It was not asked at all: too many wait for it already. */
      readonly crowded?: boolean | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(`${source}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
  }
}
