import { CacheError } from '../errors.js';
import { checkJson, MAX_DEPTH } from './json-check.js';
import type { SharedStrings } from './shared-strings.js';

export { checkJson, MAX_DEPTH };

/** The JSON text of a value. @throws {CacheError} NOT_JSON as `checkJson` says. */
export function encodeJson(value: unknown): string {
  checkJson(value);
  return JSON.stringify(value);
}

/**
 * The value of a JSON text, deep-frozen: it is handed to every caller, so none may change it. Freezing it costs a tenth to
 * a third of parsing it; a copy for each caller would cost more than parsing, at each hit.
 * @throws {SyntaxError} when the text is not JSON
 * @throws {CacheError} NOT_JSON when it is nested deeper than `MAX_DEPTH`
 */
export function decodeJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  freezeDeep(value);
  return value;
}

/*
 * What V8 allocates on 64 bits without pointer compression, as Node is built. Checked against process.memoryUsage with
 * 10 000 parsed values of 13 shapes: npm run check:value-size.
 */
const WORD_BYTES = 8;
const OBJECT_BYTES = 3 * WORD_BYTES;
const ARRAY_BYTES = 6 * WORD_BYTES;
const BOXED_NUMBER_BYTES = 2 * WORD_BYTES;
const STRING_BYTES = 2 * WORD_BYTES;
/** A property of an object that is a dictionary: three words, in a table that is half empty. */
const DICTIONARY_SLOT_BYTES = 64;
const MOST_SHAPED_PROPERTIES = 128;
/** Longer names are data, such as addresses: no other object shares them, and V8 ends up with a dictionary. */
const LONGEST_SHARED_NAME = 24;
const LAST_ONE_BYTE_CHARACTER = 0xff;

/**
 * Freezes a value that came out of JSON.parse, with everything in it; a frozen one is only measured.
 * @param strings puts what it knows in the place of texts that are the same; they are measured as if they were the value's
 *   own, for who else holds them may let go of them
 * @returns an estimate of the heap bytes it holds, within a quarter of the truth where nothing is shared
 * @throws {CacheError} NOT_JSON when it is nested deeper than `MAX_DEPTH`
 */
export function freezeDeep(value: unknown, strings: SharedStrings | null = null): number {
  return freeze(value, strings, 0);
}

function freeze(value: unknown, strings: SharedStrings | null, depth: number): number {
  if (typeof value === 'string') return stringBytes(value);
  if (typeof value === 'number') return (value | 0) === value ? 0 : BOXED_NUMBER_BYTES;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= MAX_DEPTH) throw new CacheError('NOT_JSON', `a value is nested deeper than ${MAX_DEPTH} levels`);
  const known = Object.isFrozen(value) ? null : strings;
  return Array.isArray(value)
    ? freezeArray(value, known, depth)
    : freezeObject(value as Record<string, unknown>, known, depth);
}

function freezeArray(array: unknown[], strings: SharedStrings | null, depth: number): number {
  let bytes = ARRAY_BYTES + array.length * WORD_BYTES;
  for (let index = 0; index < array.length; index += 1) {
    const item = array[index];
    bytes += freeze(item, strings, depth + 1);
    const shared = typeof item === 'string' && strings !== null ? strings.find(item) : null;
    if (shared !== null) array[index] = shared;
  }
  Object.freeze(array);
  return bytes;
}

function freezeObject(object: Record<string, unknown>, strings: SharedStrings | null, depth: number): number {
  const names = Object.keys(object);
  const isDictionary = names.length > MOST_SHAPED_PROPERTIES || (names[0] ?? '').length > LONGEST_SHARED_NAME;
  let bytes = OBJECT_BYTES + names.length * (isDictionary ? DICTIONARY_SLOT_BYTES : WORD_BYTES);
  for (const name of names) {
    if (isDictionary) bytes += stringBytes(name);
    const member = object[name];
    bytes += freeze(member, strings, depth + 1);
    const shared = typeof member === 'string' && strings !== null ? strings.find(member) : null;
    if (shared !== null) object[name] = shared;
  }
  Object.freeze(object);
  return bytes;
}

/** V8 keeps a string in two bytes a character once one of them is beyond Latin-1; three of them are looked at. */
function stringBytes(text: string): number {
  const isWide =
    text.charCodeAt(0) > LAST_ONE_BYTE_CHARACTER ||
    text.charCodeAt(text.length >> 1) > LAST_ONE_BYTE_CHARACTER ||
    text.charCodeAt(text.length - 1) > LAST_ONE_BYTE_CHARACTER;
  const characterBytes = isWide ? 2 * text.length : text.length;
  return STRING_BYTES + Math.ceil(characterBytes / WORD_BYTES) * WORD_BYTES;
}
