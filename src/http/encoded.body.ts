import { createHash } from 'node:crypto';

/** An answer's bytes and the strong validator over them (RFC 9110, 8.8.3). */
export interface EncodedBody {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Answers kept for one value: pages, filters. More than a page of a UI asks for. */
const MAX_VIEWS = 32;

export function encodeBody(body: unknown): EncodedBody {
  const bytes = Buffer.from(JSON.stringify(body));
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` };
}

/**
 * Remembers what was derived from a cached value for as long as that very object lives: the cache hands out one frozen
 * object for all hits, so a hot page is encoded and hashed once.
 */
export class EncodedViews<Value extends object> {
  private readonly views = new WeakMap<Value, Map<string, EncodedBody>>();

  /** @param name tells views of one value apart */
  get(value: Value, name: string, render: () => unknown): EncodedBody {
    const known = this.views.get(value) ?? new Map<string, EncodedBody>();
    const encoded = known.get(name);
    if (encoded) return encoded;
    const fresh = encodeBody(render());
    if (known.size >= MAX_VIEWS) known.delete(known.keys().next().value!);
    known.set(name, fresh);
    this.views.set(value, known);
    return fresh;
  }
}
