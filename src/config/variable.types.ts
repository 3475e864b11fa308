import { z } from 'zod';
import { durationMs, type Duration } from '@chaincache/cache';

/** What a variable's documentation and its error message are made of. */
export interface VariableInfo {
  /** Completes "it should be …". */
  readonly expected: string;
  /** The value never appears in a message. */
  readonly secret?: boolean;
  [key: string]: unknown;
}

const refuse = { error: 'not accepted' };

/** Text that may not be empty. */
export const text = (minLength = 1) => z.string().min(minLength, refuse);

/** An address with one of the given protocols, without a trailing slash. */
export const url = (...protocols: readonly string[]) =>
  z
    .string()
    .refine((value) => protocols.includes(protocolOf(value)), refuse)
    .transform((value) => value.replace(/\/+$/, ''));

/** A whole number within bounds. */
export const integer = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, refuse)
    .transform(Number)
    .refine((value) => value >= from && value <= to, refuse);

/** `'250ms'`, `'30s'`, `'5m'`, `'1h'` or `'7d'`, as ms. */
export const duration = (fromMs: number, toMs: number) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, refuse)
    .transform((value) => durationMs(value as Duration))
    .refine((ms) => ms >= fromMs && ms <= toMs, refuse);

/** `'500kb'`, `'64mb'`, `'1gb'` or a plain number, as bytes. */
export const bytes = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,12}(kb|mb|gb)?$/i, refuse)
    .transform(bytesOf)
    .refine((size) => size >= from && size <= to, refuse);

/** An entry of a comma separated list is never empty. */
export const list = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every((part) => part !== ''), refuse);

function protocolOf(value: string): string {
  return URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : '';
}

function bytesOf(value: string): number {
  const unit = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }[value.slice(-2).toLowerCase()] ?? 1;
  return Number.parseInt(value, 10) * unit;
}
