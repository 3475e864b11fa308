/**
 * The hooks as users get them: `npm run check:package:react` packs `@chaincache/react`, installs it into a blank Vite
 * application for each React it promises, puts the examples of its README there as they stand, type-checks and builds
 * them, and uses the built page in Chromium against a started API, from another origin.
 */
import { equal, match } from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { chromiumPath, HOW_TO_GET_CHROMIUM } from '../web/chromium.path.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARY = join(ROOT, 'libs/react');
/** What the README's examples name, and everybody has another of. */
const README_API = 'http://127.0.0.1:3000';
const README_WALLET = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const own = {
  ...readJson(join(ROOT, 'package.json')).devDependencies,
  ...readJson(join(ROOT, 'apps/web/package.json')).devDependencies,
};
/** The versions that this project uses, and the oldest React that is promised. */
const REACTS = [
  {
    react: own.react,
    'react-dom': own['react-dom'],
    '@types/react': own['@types/react'],
    '@types/react-dom': own['@types/react-dom'],
  },
  { react: '18.0.0', 'react-dom': '18.0.0', '@types/react': '18.3.31', '@types/react-dom': '18.3.7' },
];

const folder = mkdtempSync(join(tmpdir(), 'chaincache-package-react-'));
chmodSync(folder, 0o755);
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });

function pack() {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const [{ filename, files }] = JSON.parse(run('npm', args, LIBRARY));
  return { tarball: join(folder, filename), filesInThePackage: files.length };
}

/** The README's two files, as it says to put them together. */
function examples(apiUrl, wallet) {
  const [balances, selling] = [...readFileSync(join(LIBRARY, 'README.md'), 'utf8').matchAll(/```tsx\n(.*?)```/gs)].map(
    ([, code]) => code,
  );
  match(balances, /^\/\/ src\/main\.tsx$/m);
  match(selling, /^\/\/ src\/sell\.tsx$/m);
  const main = replaced(
    replaced(`import { Sell } from './sell';\n${balances}`, README_API, apiUrl).replaceAll(README_WALLET, wallet),
    '    </ChaincacheProvider>',
    '      <Sell />\n    </ChaincacheProvider>',
  );
  return { 'main.tsx': main, 'sell.tsx': selling };
}

function replaced(text, part, by) {
  equal(text.split(part).length, 2, `the README has ${part} once`);
  return text.replace(part, by);
}

/** A blank application as `npm create vite` makes it (react-ts), with the versions of this project. @returns its build */
function buildApp(react, tarball, files) {
  const app = join(folder, `react-${react.react}`);
  mkdirSync(join(app, 'src'), { recursive: true });
  const write = (file, content) => writeFileSync(join(app, file), content);
  const json = (content) => JSON.stringify(content, null, 2);
  const versions = Object.fromEntries(
    ['@tanstack/react-query', 'viem', 'vite', 'typescript'].map((name) => [name, own[name]]),
  );
  write(
    'package.json',
    json({
      private: true,
      type: 'module',
      dependencies: { ...react, ...versions, '@chaincache/react': `file:${tarball}` },
    }),
  );
  write(
    'tsconfig.json',
    json({
      compilerOptions: {
        target: 'es2023',
        lib: ['ES2023', 'DOM'],
        module: 'esnext',
        types: ['vite/client'],
        strict: true,
        // The library's own declarations are checked too.
        skipLibCheck: false,
        skipDefaultLibCheck: true,
        moduleResolution: 'bundler',
        verbatimModuleSyntax: true,
        moduleDetection: 'force',
        noEmit: true,
        jsx: 'react-jsx',
        noUnusedLocals: true,
        noUnusedParameters: true,
        erasableSyntaxOnly: true,
      },
      include: ['src'],
    }),
  );
  write(
    'index.html',
    '<!doctype html><title>blank</title><div id="root"></div><script type="module" src="/src/main.tsx"></script>',
  );
  for (const [file, code] of Object.entries(files)) write(join('src', file), code);
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], app);
  run(process.execPath, ['node_modules/typescript/bin/tsc'], app);
  run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'], app);
  return join(app, 'dist');
}

/** Serves one build after another from one origin, which the API lets in. */
async function startPages() {
  let root = folder;
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://page').pathname;
    const file = join(root, path === '/' ? 'index.html' : path);
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    try {
      response.end(readFileSync(file));
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    show: (build) => (root = build),
    stop: () => server.close(),
  };
}

/** The API as `npm start` runs it with nothing configured, but for whom it lets in. */
async function startApi(origin) {
  const cwd = mkdtempSync(join(folder, 'api-'));
  // As a project's folder is: the local PostgreSQL's own user may enter it.
  chmodSync(cwd, 0o755);
  const child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'fatal', CORS_ORIGINS: origin },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ready (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, stop };
  }
  throw new Error('The API ended before it was ready.');
}

function askWallet(api, body) {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${api.url}/devnet-wallet/rpc`, { method: 'POST', headers, body });
}

/** What the README promises of both examples, by a person's hand. @returns how many tokens were sold */
async function usePage(page, pageUrl, api) {
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  // The page is not the API's: the devnet's wallet is brought along, as a browser's extension would be.
  await page.addInitScript({ path: join(ROOT, 'apps/devnet/browser-wallet/provider.js') });
  await page.route('**/devnet-wallet/rpc', async (route) => {
    const answer = await askWallet(api, route.request().postData());
    await route.fulfill({ status: answer.status, contentType: 'application/json', body: await answer.text() });
  });
  await page.goto(pageUrl);
  const tokens = page.getByRole('listitem');
  await tokens.filter({ hasText: 'WBTC' }).waitFor();
  match(await page.getByRole('heading').innerText(), /^\$\d/);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('button', { name: /^alice/ }).click();
  await page.getByRole('button', { name: 'More' }).waitFor({ state: 'detached' });
  const held = await tokens.count();
  await page.getByRole('button', { name: 'Select all under $10' }).click();
  await page.getByRole('button', { name: /^What do [1-9]\d* bring\?$/ }).click();
  await page.locator('p', { hasText: /^[\d.]+ USDC$/ }).waitFor();
  await page.getByRole('button', { name: 'Sell' }).click();
  await page.getByRole('button', { name: 'Approve' }).click();
  const sold = await page.getByText(/^Sold \d+ in 0x[0-9a-f]{64}$/).innerText();
  const count = Number(/\d+/.exec(sold)[0]);
  // The other example hears of it: the same wallet is listed there.
  await page.waitForFunction((left) => document.querySelectorAll('li').length <= left, held - count);
  equal(problems.join(), '');
  return count;
}

async function check() {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error(`Chromium is missing: ${HOW_TO_GET_CHROMIUM}.`);
  const { tarball, filesInThePackage } = pack();
  const pages = await startPages();
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    const soldByTheReadme = {};
    for (const react of REACTS) {
      soldByTheReadme[`React ${react.react}`] = await tryReact(react, tarball, pages, browser);
    }
    process.stdout.write(`${JSON.stringify({ filesInThePackage, soldByTheReadme })}\n`);
  } finally {
    await browser.close();
    pages.stop();
  }
}

async function tryReact(react, tarball, pages, browser) {
  // One that nobody has sold from.
  const api = await startApi(pages.url);
  try {
    const { result } = await (await askWallet(api, JSON.stringify({ method: 'devnet_wallets' }))).json();
    pages.show(buildApp(react, tarball, examples(api.url, result.wallets[0].address)));
    const page = await browser.newPage();
    const sold = await usePage(page, pages.url, api);
    await page.close();
    return sold;
  } finally {
    await api.stop();
  }
}

try {
  await check();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
