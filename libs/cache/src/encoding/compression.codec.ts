import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip, gzipSync, type ZlibOptions } from 'node:zlib';

const gzipAsync = promisify<Buffer, ZlibOptions, Buffer>(gzip);
const gunzipAsync = promisify<Buffer, ZlibOptions, Buffer>(gunzip);

/** From this size on compression pays. */
export const COMPRESS_FROM_BYTES = 4096;
const ASYNC_FROM_BYTES = 65_536;
const WORTHWHILE_RATIO = 0.8;
const OPTIONS: ZlibOptions = { level: 1 };

/** Gzip bytes of the body, or the body itself when compressing it does not pay. */
export function compress(body: Buffer): Buffer | Promise<Buffer> {
  if (body.length < COMPRESS_FROM_BYTES) return body;
  if (body.length < ASYNC_FROM_BYTES) return smaller(body, gzipSync(body, OPTIONS));
  return gzipAsync(body, OPTIONS).then((packed) => smaller(body, packed));
}

/** @throws when the bytes are not gzip, or hold more than `maxBytes`. */
export function decompress(packed: Buffer, maxBytes: number): Buffer | Promise<Buffer> {
  const options: ZlibOptions = { maxOutputLength: maxBytes };
  return packed.length < ASYNC_FROM_BYTES ? gunzipSync(packed, options) : gunzipAsync(packed, options);
}

function smaller(body: Buffer, packed: Buffer): Buffer {
  return packed.length <= body.length * WORTHWHILE_RATIO ? packed : body;
}
