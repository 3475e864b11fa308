import { isDeepStrictEqual } from 'node:util';
import vm from 'node:vm';
import fc from 'fast-check';
import { CacheError } from '../errors.js';
import { checkJson, decodeJson, encodeJson, freezeDeep, MAX_DEPTH } from './json-value.js';

class Wallet {
  constructor(readonly address = '0x0') {}
}
class Rows extends Array<unknown> {}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { in: value };
  return value;
}

const cyclic: Record<string, unknown> = { name: 'a' };
cyclic['self'] = { back: cyclic };

function complaintOf(value: unknown): string {
  try {
    checkJson(value);
  } catch (error) {
    if (error instanceof CacheError && error.code === 'NOT_JSON') return error.message;
    throw error;
  }
  return 'accepted';
}

/** What a reader gets for a value that was accepted: the promise of checkJson, written down a second time. */
function asRead(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(asRead);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, property]) => property !== undefined);
  return Object.fromEntries(present.map(([name, property]) => [name, asRead(property)]));
}

function isFrozenDeep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozenDeep);
}

const anything = fc.anything({
  maxDepth: 4,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  stringUnit: 'binary',
});

describe('checkJson', () => {
  it.each<[string, unknown, string]>([
    ['a bigint', { tokens: [{}, {}, {}, { balance: 1n }] }, '$.tokens[3].balance is a bigint'],
    ['a function', { load: () => 1 }, '$.load is a function'],
    ['a symbol', [Symbol('a')], '$[0] is a symbol'],
    ['a Date', { at: new Date(0) }, '$.at is a Date: make it a string with toISOString()'],
    ['a Map', [new Map()], '$[0] is a Map: make it an object with Object.fromEntries(map)'],
    ['a Set', [new Set()], '$[0] is a Set: make it an array'],
    ['a class instance', { owner: new Wallet() }, '$.owner is an instance of Wallet'],
    ['a boxed number', { a: Object(1) as unknown }, '$.a is an instance of Number'],
    ['an error', new Error('no'), '$ is an instance of Error'],
    ['an array of a class', { rows: Rows.of(1) }, '$.rows is an instance of Rows'],
    ['an object that derives from another', { a: Object.create({ b: 1 }) as unknown }, '$.a is an instance of'],
    ['a Buffer', { 'raw bytes': Buffer.from('a') }, '$["raw bytes"] is binary data'],
    ['a typed array', [new Float64Array(1)], '$[0] is binary data'],
    ['an ArrayBuffer', [new ArrayBuffer(1)], '$[0] is an instance of ArrayBuffer'],
    ['NaN', { price: NaN }, '$.price is NaN'],
    ['Infinity', [[-Infinity]], '$[0][0] is -Infinity'],
    ['undefined', undefined, '$ is undefined'],
    ['undefined in an array', { list: [1, undefined] }, '$.list[1] is undefined'],
    // eslint-disable-next-line no-sparse-arrays
    ['a hole in an array', [1, , 2], '$[1] is undefined'],
    ['a cycle', cyclic, '$.self.back refers back to one of its ancestors'],
    ['too deep a value', nested(MAX_DEPTH + 1), `is nested deeper than ${MAX_DEPTH} levels`],
    ['a property named __proto__', JSON.parse('{"a":{"__proto__":1}}'), '$.a.__proto__ is a property named __proto__'],
    ['an array with its own toJSON', Object.assign([1], { toJSON: () => 2 }), '$ is an array with a toJSON'],
    ['an object with its own toJSON', { toJSON: () => 2 }, '$.toJSON is a function'],
  ])('refuses %s and says where and why', (_what, value, message) => {
    expect(complaintOf(value)).toContain(message);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['zero', 0],
    ['an empty string', ''],
    ['false', false],
    ['nothing in an object', {}],
    ['a lone surrogate', ['\ud800', '\udc00x']],
    ['the deepest value that is allowed', nested(MAX_DEPTH)],
    ['one object in two places', [cyclic['name'], { a: [1] }]],
    ['values of another realm', vm.runInNewContext('({ rows: [{ a: 1 }] })')],
  ])('accepts %s', (_what, value) => {
    checkJson(value);
    expect(decodeJson(encodeJson(value))).toEqual(asRead(value));
  });

  it('accepts what JSON carries, refuses the rest with a path, and never anything else', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(anything, fc.jsonValue({ stringUnit: 'binary' })), (value) => {
        const complaint = complaintOf(value);
        if (complaint !== 'accepted') return /: \$.* (is|refers) /s.test(complaint);
        accepted += 1;
        return isDeepStrictEqual(decodeJson(encodeJson(value)), asRead(value));
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });
});

describe('encodeJson and decodeJson', () => {
  it('drop undefined properties, so that a miss and a hit look the same', () => {
    expect(encodeJson({ a: 1, b: undefined })).toBe('{"a":1}');
    expect(Object.keys(decodeJson(encodeJson({ a: 1, b: undefined })) as object)).toEqual(['a']);
  });

  it('carry lone surrogates through UTF-8', () => {
    const text = encodeJson({ name: 'a\ud83d' });
    expect(decodeJson(Buffer.from(text).toString('utf8'))).toEqual({ name: 'a\ud83d' });
  });

  it('refuse text that is not JSON, and text that is nested too deeply', () => {
    expect(() => decodeJson('{"a":')).toThrow(SyntaxError);
    expect(() => decodeJson('['.repeat(100_000) + ']'.repeat(100_000))).toThrow(CacheError);
  });

  it('give a value that nobody can change', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(isFrozenDeep(decodeJson(text))).toBe(true);
      }),
    );
    const value = decodeJson('{"tokens":[{"balance":"1"}]}') as { tokens: { balance: string }[] };
    expect(() => value.tokens.push({ balance: '2' })).toThrow(TypeError);
    expect(() => (value.tokens[0]!.balance = '2')).toThrow(TypeError);
  });
});

/** How near the estimates are to the heap itself: npm run check:value-size. */
describe('freezeDeep', () => {
  it('says the same of a value that is frozen already', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        expect(freezeDeep(value)).toBe(freezeDeep(value));
      }),
    );
  });

  it('counts wide characters twice, and the names of a dictionary', () => {
    expect(freezeDeep('代币'.repeat(500))).toBe(freezeDeep('ab'.repeat(1_000)));
    const addresses = Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [`0x${String(at).padStart(40, '0')}`, at]),
    );
    const names = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`name${at}`, at]));
    expect(freezeDeep(addresses)).toBeGreaterThan(50 * (40 + 64));
    expect(freezeDeep(names)).toBeLessThan(50 * 16);
  });
});
