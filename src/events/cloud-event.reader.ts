import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EVENT_KINDS } from './event.kinds.js';

/** A producer's clock may be ahead by this much. */
const MAX_AHEAD_MS = 300_000;

const text = (expected: string, maxLength: number) =>
  z
    .string({ error: `should be ${expected}` })
    .min(1, { error: `should be ${expected}` })
    .max(maxLength, {
      error: `should be at most ${maxLength} characters`,
    });

/** The attributes of CloudEvents 1.0 that count here; extensions are allowed, and ignored. */
const envelope = z.object({
  specversion: z.literal('1.0', { error: 'should be "1.0"' }),
  id: text('text that names the event among all of its source', 256),
  source: text('a URI reference that names the producer', 512),
  type: text('the type of an event', 128),
  time: z.iso.datetime({ offset: true, error: 'should be a moment (RFC 3339)' }).optional(),
  datacontenttype: z
    .string()
    .regex(/^application\/([\w.+-]+\+)?json(;|$)/i, { error: 'should be application/json' })
    .optional(),
  data: z.unknown(),
});

/** `credits.changed` is version 1; `credits.changed.v2` says otherwise. */
const TYPE = /^(.+?)(?:\.v(\d{1,4}))?$/;

/** What one element of a batch came to. */
export type ReadEvent =
  | { readonly id: string | null; readonly event: object; readonly digest: string }
  | { readonly id: string | null; readonly reason: string };

/** Reads one CloudEvent in JSON. Order does not matter, nor age: events say that something changed, not what it is now. */
export function readCloudEvent(input: unknown, nowMs: number): ReadEvent {
  const parsed = envelope.safeParse(input);
  if (!parsed.success) return { id: idOf(input), reason: reasonOf(parsed.error, '') };
  const { id, source, type, time, data } = parsed.data;
  if (time !== undefined && Date.parse(time) > nowMs + MAX_AHEAD_MS) {
    return { id, reason: 'time: is more than 5 minutes ahead' };
  }
  const [, name = '', version = '1'] = TYPE.exec(type) ?? [];
  const versions = EVENT_KINDS.get(name);
  if (versions === undefined) return { id, reason: `type: should be one of ${[...EVENT_KINDS.keys()].join(', ')}` };
  const kind = versions.get(Number(version));
  if (kind === undefined) {
    return { id, reason: `type: version ${version} of ${name} is not known, only ${[...versions.keys()].join(', ')}` };
  }
  const event = kind.read(data);
  if (!event.success) return { id, reason: reasonOf(event.error, 'data') };
  return { id, event: event.data, digest: digestOf(source, id) };
}

/** Names an event among all of all sources: 128 bits of SHA-256, as a UUID for the database. */
function digestOf(source: string, id: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([source, id]))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function idOf(input: unknown): string | null {
  const id = (input as { readonly id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, 256) : null;
}

function reasonOf(error: z.ZodError, prefix: string): string {
  const reasons = error.issues.map(({ path, message }) => {
    const field = [...(prefix === '' ? [] : [prefix]), ...path.map(String)].join('.');
    return `${field || 'event'}: ${message}`;
  });
  return reasons.slice(0, 5).join('; ');
}
