import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppConfig } from '../config/app.config.js';
import { serveDevnetWallet } from './devnet-wallet.routes.js';
import { fileOf, type PageFile, readPageFiles } from './page.files.js';

/** Beside the compiled application as beside its sources: `dist/web` and `src/web` are as deep as each other. */
const BUILT = fileURLToPath(new URL('../../apps/web/dist', import.meta.url));

/** Nothing from anywhere else, nothing inline; icons of wallets come as data. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the Wallet Sweep page, built ahead, and, where the devnet is used, its wallet. */
export function servePage(fastify: FastifyInstance, config: AppConfig, folder: string = BUILT): void {
  for (const [path, file] of readPageFiles(folder)) {
    const shown = path === '/' && config.devnetWalletUrl !== undefined ? withDevnetWallet(file) : file;
    fastify.get(path, (request, reply) => send(request, reply, shown));
  }
  if (config.devnetWalletUrl !== undefined) serveDevnetWallet(fastify, config.devnetWalletUrl);
}

function withDevnetWallet({ bytes, type }: PageFile): PageFile {
  const script = '<script src="/devnet-wallet.js" defer></script></head>';
  return fileOf(Buffer.from(bytes.toString('utf8').replace('</head>', script)), type, '/');
}

export function send(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const zipped = file.gzipped !== undefined && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  void reply.headers({
    'content-security-policy': POLICY,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    etag: file.etag,
  });
  if (request.headers['if-none-match']?.replace(/^W\//, '') === file.etag) return reply.status(304).send();
  if (zipped) void reply.header('content-encoding', 'gzip');
  return reply.type(file.type).send(zipped ? file.gzipped : file.bytes);
}
