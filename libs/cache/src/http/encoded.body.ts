import { createHash } from 'node:crypto';

/** An answer's bytes and the strong validator over them (RFC 9110, 8.8.3). */
export interface EncodedBody {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** 27 base64url characters of the SHA-256: 162 bits. */
const ETAG_LENGTH = 27;

/** A value as JSON bytes, encoded and hashed once. */
export function encodeBody(body: unknown): EncodedBody {
  const bytes = Buffer.from(JSON.stringify(body));
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, ETAG_LENGTH)}"` };
}

/** Whether If-None-Match names the validator. It compares weakly (RFC 9110, 13.1.2): a proxy may have marked ours as weak. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  // What a client sends back is most often the validator as it got it.
  if (header === etag) return true;
  return header.split(',').some((candidate) => {
    const value = candidate.trim();
    return value === '*' || value.replace(/^W\//, '') === etag;
  });
}
