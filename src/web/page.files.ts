import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One file of the built page, ready to be sent. */
export interface PageFile {
  readonly bytes: Buffer;
  /** Undefined where compressing gains nothing. */
  readonly gzipped: Buffer | undefined;
  readonly type: string;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * The page as it was built, by its path on the server: a few hundred kB, so it stays in memory and no request touches
 * the disk. Empty where nothing was built.
 */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of list(folder)) {
    const path = `/${relative(folder, entry).split(sep).join('/')}`;
    const type = TYPES[extname(entry)];
    // What the build leaves for itself, such as its digest, is not for browsers.
    if (type !== undefined) files.set(addressOf(path), fileOf(readFileSync(entry), type, path));
  }
  return files;
}

/** Pages have addresses without a suffix: `/` and `/console`. */
function addressOf(path: string): string {
  return path === '/index.html' ? '/' : path.replace(/\.html$/, '');
}

export function fileOf(bytes: Buffer, type: string, path: string): PageFile {
  const gzipped = gzipSync(bytes, { level: 9 });
  return {
    bytes,
    gzipped: gzipped.length < bytes.length ? gzipped : undefined,
    type,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
    immutable: path.startsWith('/assets/'),
  };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
