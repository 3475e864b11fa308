import { invalidParams } from './rpc.errors.js';

/** A method's arguments by name, as JSON-RPC or a URI brought them. */
export type RpcParams = Readonly<Record<string, unknown>>;

/** A whole number, which may come as a string; `undefined` where nothing was said. */
export function optionalInt(params: RpcParams, name: string): number | undefined {
  const value = params[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw invalidParams(`error converting json params to arguments: ${name} is no integer`);
  }
  return number;
}

export function requiredString(params: RpcParams, name: string): string {
  const value = params[name];
  if (typeof value !== 'string') throw invalidParams(`error converting json params to arguments: ${name} is no string`);
  return value;
}

/** Bytes in base64. */
export function requiredBytes(params: RpcParams, name: string): Buffer {
  const text = requiredString(params, name);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== text) {
    throw invalidParams(`error converting json params to arguments: ${name} is no base64`);
  }
  return bytes;
}

export function isTrue(params: RpcParams, name: string): boolean {
  return params[name] === true || params[name] === 'true';
}

/** The slice of a page from 1. Source: validatePage and validatePerPage of CometBFT (30 a page, at most 100). */
export function pageOf(params: RpcParams, total: number): { readonly start: number; readonly end: number } {
  const asked = optionalInt(params, 'per_page') ?? 30;
  const size = asked < 1 ? 30 : Math.min(asked, 100);
  const pages = Math.max(1, Math.ceil(total / size));
  const page = optionalInt(params, 'page') ?? 1;
  if (page < 1 || page > pages) throw invalidParams(`page should be within [1, ${pages}] range, given ${page}`);
  return { start: (page - 1) * size, end: page * size };
}

/** Arguments of a URI: `"text"` in quotes, `0x` hex for bytes, numbers and booleans plain. */
export function paramsOfUri(query: URLSearchParams): RpcParams {
  const params: Record<string, unknown> = {};
  for (const [name, raw] of query) {
    const quoted = /^"(.*)"$/s.exec(raw)?.[1];
    const isBytes = name === 'tx' || name === 'hash';
    if (/^0x([0-9a-f]{2})*$/i.test(raw)) params[name] = Buffer.from(raw.slice(2), 'hex').toString('base64');
    else if (quoted !== undefined) params[name] = isBytes ? Buffer.from(quoted, 'utf8').toString('base64') : quoted;
    else params[name] = raw;
  }
  return params;
}
