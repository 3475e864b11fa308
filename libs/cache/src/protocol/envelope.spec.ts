import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { decodeEnvelope, encodeEnvelope, envelopeParts, STAMP_OFFSET, type EnvelopeContent } from './envelope.js';
import { stampMatches, stampOf, WORD_BYTES } from './stamp.js';

const content = fc.record({
  absent: fc.boolean(),
  compressed: fc.boolean(),
  encrypted: fc.boolean(),
  schema: fc.nat({ max: 65_535 }),
  freshMs: fc.nat({ max: 4_294_967_295 }),
  loadMs: fc.nat({ max: 4_294_967_295 }),
  height: fc.option(fc.nat({ max: 2 ** 40 })),
  extraTags: fc.option(fc.array(fc.string({ minLength: 1 }), { maxLength: 5 })),
  body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
});

const plain: EnvelopeContent = {
  absent: false,
  compressed: false,
  encrypted: false,
  schema: 3,
  freshMs: 1_000,
  loadMs: 5,
  height: null,
  extraTags: null,
  body: Buffer.from('{"a":1}'),
};

describe('an envelope', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(content, fc.integer({ min: 0, max: 12 }), fc.nat({ max: 2 ** 45 }), (given, tagCount, filledAtMs) => {
        const stamp = randomBytes(WORD_BYTES * (tagCount + 1));
        const bytes = encodeEnvelope(given, stamp, filledAtMs);
        const { bodyOffset, ...read } = decodeEnvelope(bytes)!;
        expect({ ...read, body: bytes.subarray(bodyOffset) }).toEqual({ ...given, tagCount, filledAtMs });
      }),
    );
  });

  it('is the same when the store puts time and stamp between its parts', () => {
    const stamp = randomBytes(WORD_BYTES * 3);
    const { head, tail } = envelopeParts(plain, 2);
    const time = Buffer.alloc(6);
    time.writeUIntBE(1_700_000_000_000, 0, 6);
    expect(Buffer.concat([head, time, stamp, tail])).toEqual(encodeEnvelope(plain, stamp, 1_700_000_000_000));
  });

  it('reads nothing, and throws nothing, from what is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const read = decodeEnvelope(Buffer.from(bytes));
        expect(read === null || bytes[0] === 0xcc).toBe(true);
      }),
    );
  });

  it('cut anywhere before its body is none', () => {
    const whole = encodeEnvelope({ ...plain, height: 7, extraTags: ['a', 'b'] }, randomBytes(WORD_BYTES * 3), 1);
    const bodyBegins = whole.length - plain.body.length;
    for (let length = 0; length < bodyBegins; length += 1) expect(decodeEnvelope(whole.subarray(0, length))).toBeNull();
  });
});

describe('a stamp', () => {
  const versions = () => ({ identity: randomBytes(8), versions: [randomBytes(8), randomBytes(8)], nowMs: 0 });

  it('matches the versions it was made of, and no others', () => {
    const present = versions();
    const bytes = encodeEnvelope(plain, stampOf(present)!, 0);
    expect(stampMatches(bytes, STAMP_OFFSET, 2, present)).toBe(true);
    expect(stampMatches(bytes, STAMP_OFFSET, 2, { ...present, identity: randomBytes(8) })).toBe(false);
    expect(stampMatches(bytes, STAMP_OFFSET, 2, { ...present, versions: present.versions.toReversed() })).toBe(false);
    expect(stampMatches(bytes, STAMP_OFFSET, 2, { ...present, versions: [present.versions[0]!, null] })).toBe(false);
    expect(stampMatches(bytes, STAMP_OFFSET, 2, { ...present, versions: present.versions.slice(0, 1) })).toBe(false);
    expect(
      stampMatches(bytes, STAMP_OFFSET, 2, { ...present, versions: [present.versions[0]!, Buffer.from('short')] }),
    ).toBe(false);
  });

  it('cannot be made while a version is missing', () => {
    expect(stampOf({ ...versions(), versions: [null] })).toBeNull();
  });
});
