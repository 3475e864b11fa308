import type { BusNotice } from '../bus/bus.notice.js';
import type { InvalidationMessage } from '../store/store.port.js';

/**
 * Messages as they go over the channel. The first letter tells which:
 * `s` and the key; `h` and JSON [publisher, sequence]; `i` and JSON [publisher, sequence, tags, keys, height].
 */
export function encodeSettled(key: string): string {
  return `s${key}`;
}

export function encodeHeartbeat(publisher: string, sequence: number): string {
  return `h${JSON.stringify([publisher, sequence])}`;
}

export function encodeInvalidation(publisher: string, sequence: number, message: InvalidationMessage): string {
  const { tags, keys, minHeight } = message;
  return `i${JSON.stringify(minHeight === undefined ? [publisher, sequence, tags, keys] : [publisher, sequence, tags, keys, minHeight])}`;
}

/** Null for anything that is not a message. Never throws. */
export function decodeNotice(text: string): BusNotice | null {
  if (text.startsWith('s')) return { kind: 'settled', key: text.slice(1) };
  const parts = parseArray(text.slice(1));
  if (parts === null) return null;
  const [publisher, sequence, tags, keys, minHeight] = parts;
  if (typeof publisher !== 'string' || !isCount(sequence)) return null;
  if (text.startsWith('h')) return { kind: 'heartbeat', publisher, sequence };
  if (!text.startsWith('i') || !areNames(tags) || !areNames(keys)) return null;
  if (minHeight === undefined) return { kind: 'invalidation', publisher, sequence, message: { tags, keys } };
  if (!isCount(minHeight)) return null;
  return { kind: 'invalidation', publisher, sequence, message: { tags, keys, minHeight } };
}

function parseArray(json: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
