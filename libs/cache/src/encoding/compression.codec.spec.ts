import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { compress, COMPRESS_FROM_BYTES, decompress } from './compression.codec.js';

const MIB = 1024 * 1024;
const repetitive = (bytes: number): Buffer => Buffer.alloc(bytes, '{"token":"0x00","balance":"12"},');

describe('compress', () => {
  it('leaves a small body as it is', () => {
    const body = repetitive(COMPRESS_FROM_BYTES - 1);
    expect(compress(body)).toBe(body);
  });

  it.each([COMPRESS_FROM_BYTES, 200_000])('makes gzip that anyone can read, of %d bytes', async (bytes) => {
    const body = repetitive(bytes);
    const packed = await compress(body);
    expect(packed.length).toBeLessThan(body.length / 5);
    expect(gunzipSync(packed).equals(body)).toBe(true);
  });

  it.each([COMPRESS_FROM_BYTES, 200_000])(
    'leaves what does not shrink by a fifth as it is, of %d bytes',
    async (bytes) => {
      const noise = randomBytes(bytes);
      expect(await compress(noise)).toBe(noise);
      const shrinksByLittle = Buffer.concat([randomBytes(0.9 * bytes), Buffer.alloc(0.1 * bytes)]);
      expect(await compress(shrinksByLittle)).toBe(shrinksByLittle);
    },
  );
});

describe('decompress', () => {
  it('gives back every body, whatever its size', async () => {
    const bodies = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.integer({ min: 1, max: 20_000 }));
    await fc.assert(
      fc.asyncProperty(bodies, async ([bytes, times]) => {
        const body = Buffer.concat(Array.from({ length: Math.ceil(times / bytes.length) }, () => bytes));
        const packed = await compress(body);
        const back = packed === body ? packed : await decompress(packed, MIB);
        expect(back.equals(body)).toBe(true);
      }),
      { numRuns: 50 },
    );
    const large = Buffer.concat([randomBytes(100_000), Buffer.alloc(400_000)]);
    expect((await decompress(await compress(large), MIB)).equals(large)).toBe(true);
  });

  it.each([100 * 1024, 40 * MIB])('stops at maxBytes when %d bytes unfold', async (bytes) => {
    const bomb = gzipSync(Buffer.alloc(bytes));
    await expect((async () => decompress(bomb, bytes - 1))()).rejects.toThrow(/larger than/);
    expect(await decompress(bomb, bytes)).toHaveLength(bytes);
  });

  it('refuses what is not gzip, and gzip that was cut', async () => {
    const packed = gzipSync(randomBytes(30_000));
    await expect((async () => decompress(Buffer.from('{"not":"gzip"}'), MIB))()).rejects.toThrow(/incorrect header/);
    await expect((async () => decompress(packed.subarray(0, 20_000), MIB))()).rejects.toThrow(/unexpected end/);
    await expect((async () => decompress(packed.subarray(0, 200), MIB))()).rejects.toThrow(/unexpected end/);
  });
});
