import { CacheError } from '../errors.js';

/** Values nested deeper than this are refused: no source of data needs it, and it ends the walk through a cycle. */
export const MAX_DEPTH = 200;

/**
 * Checks that JSON carries a value unchanged, but for what is the same on a miss and on a hit: properties that are
 * `undefined`, keyed by a symbol or not enumerable are dropped, named properties of arrays too, and -0 becomes 0.
 * @throws {CacheError} NOT_JSON, naming the path of the first thing that JSON cannot carry, and what to do about it.
 */
export function checkJson(value: unknown): void {
  if (isJson(value, 0)) return;
  throw new CacheError(
    'NOT_JSON',
    `a loaded value cannot be cached: ${complaint(value, '$', []) ?? '$ changed while it was read'}`,
  );
}

/** The fast pass: no paths, no sets of what was seen. */
function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    if (!isPlainArray(value)) return false;
    for (let index = 0; index < value.length; index += 1) {
      if (!isJson(value[index], depth + 1)) return false;
    }
    return true;
  }
  if (!isPlainObject(value)) return false;
  for (const name of Object.keys(value)) {
    if (name === '__proto__') return false;
    const property = (value as Record<string, unknown>)[name];
    if (property !== undefined && !isJson(property, depth + 1)) return false;
  }
  return true;
}

/** The prototype of every realm's arrays is an array itself; that of a subclass is not. */
function isPlainArray(value: readonly unknown[]): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Array.prototype || Array.isArray(prototype)) && !('toJSON' in value);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // Another realm's Object.prototype: Jest and node:vm hand such objects around.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');
}

/** The second, slow pass over a value that was refused: where, what, and what to do about it. */
function complaint(value: unknown, path: string, ancestors: readonly object[]): string | null {
  const own = complaintAbout(value, path, ancestors);
  if (own !== null || typeof value !== 'object' || value === null) return own;
  const inside = [...ancestors, value];
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const at = `${path}[${index}]`;
      if (value[index] === undefined)
        return `${at} is undefined, which an array cannot carry: use null or leave it out`;
      const found = complaint(value[index], at, inside);
      if (found !== null) return found;
    }
    return null;
  }
  for (const name of Object.keys(value)) {
    const at = /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
    if (name === '__proto__')
      return `${at} is a property named __proto__, which endangers whoever copies it: rename it`;
    const property = (value as Record<string, unknown>)[name];
    const found = property === undefined ? null : complaint(property, at, inside);
    if (found !== null) return found;
  }
  return null;
}

function complaintAbout(value: unknown, path: string, ancestors: readonly object[]): string | null {
  switch (typeof value) {
    case 'undefined':
      return `${path} is undefined: return null for a value that is nothing`;
    case 'bigint':
      return `${path} is a bigint, which JSON cannot carry: make it a string with String(value)`;
    case 'function':
      return `${path} is a function, which JSON cannot carry: return data only`;
    case 'symbol':
      return `${path} is a symbol, which JSON cannot carry: make it a string`;
    case 'number':
      return Number.isFinite(value)
        ? null
        : `${path} is ${value}, which JSON would turn into null: use null or a string`;
    case 'object':
      break;
    default:
      return null;
  }
  if (value === null) return null;
  if (ancestors.includes(value)) return `${path} refers back to one of its ancestors: a cyclic value cannot be cached`;
  if (ancestors.length >= MAX_DEPTH) return `${path} is nested deeper than ${MAX_DEPTH} levels: flatten the value`;
  if (value instanceof Date)
    return `${path} is a Date: make it a string with toISOString(), or a number with getTime()`;
  if (value instanceof Map) return `${path} is a Map: make it an object with Object.fromEntries(map)`;
  if (value instanceof Set) return `${path} is a Set: make it an array with [...set]`;
  if (ArrayBuffer.isView(value)) return `${path} is binary data: make it a string, in base64 or hex`;
  if (Array.isArray(value) && 'toJSON' in value) return `${path} is an array with a toJSON of its own: pass plain data`;
  if (Array.isArray(value) ? isPlainArray(value) : isPlainObject(value)) return null;
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  const kind = typeof name === 'string' && name !== '' ? name : 'class';
  return `${path} is an instance of ${kind}: return a plain object or array, as in {...value} or [...value]`;
}
