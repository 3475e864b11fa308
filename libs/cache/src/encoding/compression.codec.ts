import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip, gzipSync, type ZlibOptions } from 'node:zlib';

const gzipAsync = promisify<Buffer, ZlibOptions, Buffer>(gzip);
const gunzipAsync = promisify<Buffer, ZlibOptions, Buffer>(gunzip);

/**
 * Bodies from this size on are compressed: what three tokens of a wallet take. Such a list shrinks to a half, 4 KiB of it to a
 * third (addresses and amounts do not repeat), for 30 to 70 µs at the fill. A reader pays 10 to 20 µs, and only where no
 * value of that very fill is in its memory. Smaller ones save less than what Redis needs beside each key.
 */
export const COMPRESS_FROM_BYTES = 768;

/*
 * Above these sizes the thread pool does it. Handing a body over costs the main thread 25 to 80 µs, which is what 32 KiB
 * take to compress at once, and 80 KiB (16 KiB when packed) to decompress.
 */
const ASYNC_COMPRESS_FROM_BYTES = 64 * 1024;
const ASYNC_DECOMPRESS_FROM_BYTES = 16 * 1024;

/** Kept only when a fifth is saved: else every hit would pay for nothing. */
const WORTHWHILE_RATIO = 0.8;

/** Level 6 saves a little more for three times the time. */
const GZIP: ZlibOptions = { level: 1 };

/**
 * The gzip bytes of a body, fit to be served with `Content-Encoding: gzip`; the same Buffer that was given when it is
 * small or would shrink by less than a fifth.
 */
export function compress(body: Buffer): Buffer | Promise<Buffer> {
  if (body.length < COMPRESS_FROM_BYTES) return body;
  if (body.length < ASYNC_COMPRESS_FROM_BYTES) return worthwhile(body, gzipSync(body, GZIP));
  return gzipAsync(body, GZIP).then((packed) => worthwhile(body, packed));
}

/**
 * The body behind gzip bytes.
 * @param maxBytes stops a small body that would unfold into a huge one
 * @throws or rejects, when the bytes are not whole gzip or hold more than `maxBytes`
 */
export function decompress(packed: Buffer, maxBytes: number): Buffer | Promise<Buffer> {
  const options: ZlibOptions = { maxOutputLength: maxBytes };
  return packed.length < ASYNC_DECOMPRESS_FROM_BYTES ? gunzipSync(packed, options) : gunzipAsync(packed, options);
}

function worthwhile(body: Buffer, packed: Buffer): Buffer {
  return packed.length <= body.length * WORTHWHILE_RATIO ? packed : body;
}
