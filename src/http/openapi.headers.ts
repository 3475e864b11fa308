import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Described = Exclude<Operation['responses'][string], { readonly $ref: string } | undefined>;

const REQUEST_ID = {
  'X-Request-Id': { description: 'Names the request, as the log does', schema: { type: 'string' as const } },
};
const NO_COPY = {
  'Cache-Control': {
    description: 'No copy may be kept',
    schema: { type: 'string' as const, enum: ['no-store'] },
  },
};
const CHALLENGE = {
  'WWW-Authenticate': { description: 'What a credential should be (RFC 6750)', schema: { type: 'string' as const } },
};
const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds, where it is known', schema: { type: 'integer' as const, minimum: 1 } },
};
const BY_STATUS: Readonly<Record<string, Described['headers']>> = {
  '401': CHALLENGE,
  '429': RETRY_AFTER,
  '503': RETRY_AFTER,
};

/** Adds to every answer of a route the headers that its controller does not name. */
export function describeHeaders({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    const answer = response as Described;
    answer.headers = { ...REQUEST_ID, ...NO_COPY, ...BY_STATUS[status], ...answer.headers };
  }
}
