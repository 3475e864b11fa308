/**
 * The library as users get it: `npm run check:package` packs it, installs it from the registry's peers into a blank
 * application that is the example of its README, compiles that and runs it as two processes on a real Redis.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startRedis } from '../../tools/test-services.mjs';
import { startWorker } from './workers.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** For two processes to reach their Redis. */
const CONNECT_MS = 500;

const app = mkdtempSync(join(tmpdir(), 'chaincache-package-'));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });

/** What a blank Nest application has, and the peers that the README names, in the versions that this project uses. */
const PACKAGES = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/event-emitter',
  '@nestjs/platform-fastify',
  'cache-manager',
  'ioredis',
  'keyv',
  'reflect-metadata',
  'rxjs',
  '@types/node',
  'typescript',
];

function install() {
  const [{ filename, files }] = JSON.parse(
    run('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', app], join(ROOT, 'libs/cache')),
  );
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const known = { ...dependencies, ...devDependencies };
  const wanted = Object.fromEntries(PACKAGES.map((name) => [name, known[name]]));
  writeJson('package.json', {
    private: true,
    type: 'module',
    dependencies: { ...wanted, '@chaincache/cache': `file:${filename}` },
  });
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], app);
  return files.length;
}

function compile() {
  for (const file of ['types/readme-example.ts', 'check/package.app.ts']) {
    cpSync(join(ROOT, 'test', file), join(app, 'src', file));
  }
  writeJson('tsconfig.json', {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      // The library's own declarations are checked too.
      skipLibCheck: false,
      skipDefaultLibCheck: true,
      rootDir: 'src',
      outDir: 'dist',
    },
    include: ['src'],
  });
  run(process.execPath, ['node_modules/typescript/bin/tsc'], app);
  mkdirSync(join(app, 'dist/check'), { recursive: true });
  for (const file of ['package.worker.mjs', 'workers.mjs']) {
    cpSync(join(ROOT, 'test/check', file), join(app, 'dist/check', file));
  }
}

function writeJson(file, content) {
  writeFileSync(join(app, file), JSON.stringify(content, null, 2));
}

async function readmeExample([one, other]) {
  const read = async (worker) => {
    const { body, from } = await worker.ask('http', { method: 'GET', url: '/users/a1' });
    return [JSON.parse(body).name, from];
  };
  deepEqual(await read(one), ['Ada', 'MISS']);
  deepEqual(await read(one), ['Ada', 'L1']);
  deepEqual(await read(other), ['Ada', 'L2']);
  const change = { method: 'PATCH', url: '/users/a1', payload: { name: 'Grace' } };
  equal((await one.ask('http', change)).status, 200);
  deepEqual(await read(one), ['Grace', 'MISS']);
}

/** Nothing of what a `wrap` read before an invalidation is left for anybody. */
async function wrapInFlight([one, other], key, invalidation) {
  await one.ask('beginWrap', { key, value: 'old' });
  equal(await other.ask('invalidate', invalidation), 'applied');
  equal(await one.ask('endWrap'), 'old');
  equal(await one.ask('standardGet', { key }), null);
  equal(await other.ask('standardGet', { key }), null);
  equal(await other.ask('wrap', { key, value: 'new' }), 'new');
  equal(await one.ask('standardGet', { key }), 'new');
}

async function keyvStore([one, other]) {
  const key = 'user:info:keyv';
  for (const invalidation of [{ tag: 'user:keyv' }, { key, namespace: 'keyv' }]) {
    await one.ask('keyvSet', { key, value: 'set' });
    equal(await other.ask('keyvGet', { key }), 'set');
    equal(await other.ask('invalidate', invalidation), 'applied');
    equal(await other.ask('keyvGet', { key }), null);
    // The process that set it has it in memory until it is told: S at most.
    while ((await one.ask('keyvGet', { key })) !== null) await sleep(10);
  }
}

async function check() {
  const redis = await startRedis();
  process.env.REDIS_URL = redis.url;
  const program = pathToFileURL(join(app, 'dist/check/package.worker.mjs'));
  const workers = [];
  try {
    for (let index = 0; index < 2; index += 1) workers.push(await startWorker(program, {}));
    await sleep(CONNECT_MS);
    await readmeExample(workers);
    await wrapInFlight(workers, 'user:info:a2', { tag: 'user:a2' });
    await wrapInFlight(workers, 'user:info:a3', { key: 'user:info:a3', namespace: 'cache-manager' });
    await keyvStore(workers);
    const unhandled = workers.flatMap((worker) => worker.unhandled);
    deepEqual(unhandled, []);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await redis.stop();
  }
}

try {
  const filesInThePackage = install();
  compile();
  await check();
  process.stdout.write(`${JSON.stringify({ filesInThePackage, readme: 'MISS, L1, L2', violations: [] })}\n`);
} finally {
  rmSync(app, { recursive: true, force: true });
}
