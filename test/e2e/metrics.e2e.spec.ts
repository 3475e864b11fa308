import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CacheManager } from '@chaincache/cache';
import type { Devnet } from '@chaincache/devnet';
import { parse } from 'yaml';
import { tokenBalances } from '../../src/catalog/token-balances.entry.js';
import { userCredits, userInfo } from '../../src/catalog/user.entries.js';
import { promtoolBinary } from '../../tools/promtool.mjs';
import { redisCommand, startRedis, type TestRedis } from '../support/services.js';
import { ADMIN_API_KEY, freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

const ADMIN = { authorization: `Bearer ${ADMIN_API_KEY}` };

/** The samples of an exposition, by name and labels as they are printed. */
function samplesOf(exposition: string): Map<string, number> {
  const lines = exposition.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

function sumOf(samples: Map<string, number>, prefix: string): number {
  return [...samples].filter(([name]) => name.startsWith(prefix)).reduce((sum, [, value]) => sum + value, 0);
}

describe('the figures of the cache', () => {
  let devnet: Devnet;
  let redis: TestRedis;
  let api: TestApi;
  let other: TestApi;
  /** What the webhook was told. */
  const posts: { readonly alert: string; readonly state: string; readonly instance: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts.push(JSON.parse(body));
      response.writeHead(200).end();
    });
  });

  beforeAll(async () => {
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    [devnet, redis] = await Promise.all([startTestDevnet({ tokens: 3 }), startRedis()]);
    // As in production: with `debug`, every request would take the way through the framework.
    const environment = {
      REDIS_URL: redis.url,
      CONSISTENCY_SAMPLE: '0',
      LOG_LEVEL: 'info',
      ALERT_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`,
      ALERT_WEBHOOK_SECRET: 'a-secret-for-the-receiver',
    };
    [api, other] = await Promise.all([startApi(devnet, environment), startApi(devnet, environment)]);
    for (const instance of [api, other]) {
      while ((await instance.get('/health/ready')).body.status !== 'ok') await new Promise(setImmediate);
    }
  }, 60_000);

  afterAll(async () => {
    await Promise.all([api?.close(), other?.close()]);
    await redis?.stop();
    await devnet?.stop();
    receiver.closeAllConnections();
    receiver.close();
  });

  const stats = async (headers = ADMIN): Promise<Record<string, any>> =>
    (await api.get('/api/cache/stats', headers).expect(200)).body as Record<string, any>;
  const scrape = async (): Promise<string> => (await api.get('/metrics').expect(200)).text;

  it('agree with what was counted outside, answer by answer', async () => {
    const before = (await stats())['entries'][tokenBalances.name] ?? { hits: 0, misses: 0, tiers: {} };
    const scraped = samplesOf(await scrape());
    const seen: Record<string, number> = { L1: 0, L2: 0, MISS: 0, STALE: 0 };
    const addresses = Array.from({ length: 5 }, freshAddress);
    for (let round = 0; round < 4; round += 1) {
      for (const [index, address] of addresses.entries()) {
        if (round === 0 && index < 2) await other.get(`/api/tokens/${address}`).expect(200);
        const answers = await Promise.all([1, 2, 3].map(() => api.get(`/api/tokens/${address}`).expect(200)));
        for (const { headers } of answers) seen[headers['x-cache'] as string]! += 1;
        if (round === 2 && index === 4) {
          await api.post('/api/cache', { action: 'invalidate', key: `tokens:${address}` }, ADMIN).expect(200);
        }
      }
    }
    const after = (await stats())['entries'][tokenBalances.name];
    expect(Math.min(seen['L1']!, seen['L2']!, seen['MISS']!)).toBeGreaterThan(0);
    expect(after.misses - before.misses).toBe(seen['MISS']);
    expect(after.hits - before.hits).toBe(seen['L1']! + seen['L2']!);
    const now = samplesOf(await scrape());
    for (const tier of ['L1', 'L2']) {
      const name = `chaincache_cache_hits_total{entry="token balances",tier="${tier}"}`;
      expect(now.get(name)! - scraped.get(name)!).toBe(seen[tier]);
    }
    const missed = 'chaincache_cache_misses_total{entry="token balances"}';
    expect(now.get(missed)! - scraped.get(missed)!).toBe(seen['MISS']);
  }, 30_000);

  it('have every name that people know from get_stats(), for this instance and for the fleet', async () => {
    const body = await stats();
    const quantiles = { p50Ms: expect.any(Number), p90Ms: expect.any(Number), p99Ms: expect.any(Number) };
    const figures = {
      hits: expect.any(Number),
      misses: expect.any(Number),
      hitRate: expect.any(Number),
      missRate: expect.any(Number),
      avgResponseTimeMs: expect.any(Number),
      requestsPerSecond: expect.any(Number),
      topHitKeys: expect.any(Array),
      topMissKeys: expect.any(Array),
      p50Ms: expect.any(Number),
      p999Ms: expect.any(Number),
      tiers: { L1: quantiles, L2: quantiles, MISS: quantiles, STALE: expect.any(Object) },
      coalesced: expect.any(Number),
      fills: { compressionRatio: expect.any(Number) },
      staleServed: { error: 0, timeout: 0, overload: 0 },
      decodeErrors: { garbage: 0, schema: 0, decrypt: 0 },
      warmed: {
        warmed: expect.any(Number),
        failed: expect.any(Number),
        skipped: expect.any(Number),
        used: expect.any(Number),
      },
      windows: { '1m': expect.any(Object), '5m': expect.any(Object), '1h': expect.any(Object) },
    };
    expect(body).toMatchObject({
      ...figures,
      fleet: figures,
      store: { state: 'up', breakerOpen: false },
      redis: { memoryUsedBytes: expect.any(Number), keys: expect.any(Number) },
      outbox: { pending: 0, oldestAgeMs: 0 },
      busSilenceMs: expect.any(Number),
      l1: { bytes: expect.any(Number) },
    });
    expect(body['hitRate'] + body['missRate']).toBeCloseTo(100);
    expect(body['entries'][tokenBalances.name]).toMatchObject({
      tiers: { L2: quantiles, MISS: quantiles },
      windows: { '5m': { tiers: { L2: quantiles, MISS: quantiles } } },
      invalidations: { applied: expect.any(Number), queued: 0 },
    });
    expect(body['alerts'].map(({ alert, state }: Record<string, string>) => [alert, state])).toEqual([
      ['low-hit-rate', 'ok'],
      ['high-memory', 'ok'],
      ['connection-lost', 'ok'],
      ['slow-responses', 'ok'],
    ]);
  });

  it('are those of all instances once each has told of itself', async () => {
    await other.get('/api/network/stats');
    let fleet = (await stats())['fleet'];
    while (fleet.instances.length < 2 || fleet.requests === fleet.instances[0].requests) {
      fleet = (await stats())['fleet'];
    }
    expect(fleet.complete).toBe(true);
    expect(fleet.requests).toBe(fleet.instances[0].requests + fleet.instances[1].requests);
  }, 30_000);

  it('are for those who may read, and name nobody without the scope for it', async () => {
    await api.get('/api/cache/stats').expect(401);
    const address = freshAddress();
    await api.get(`/api/tokens/${address}`).expect(200);
    expect(JSON.stringify(await stats())).toContain(address);
    const { body: key } = await api
      .post('/api/api-keys', { walletAddress: devnet.wallets[0].address, scopes: ['cache:read'] }, ADMIN)
      .expect(201);
    const masked = JSON.stringify(await stats({ authorization: `Bearer ${key.key as string}` }));
    expect(masked).toContain(`tokens:${address.slice(0, 6)}…${address.slice(-4)}`);
    expect(masked).not.toContain(address);
  });

  it('pass promtool, in base units, and name neither wallets nor keys', async () => {
    const text = await scrape();
    const { stdout, stderr, status } = spawnSync(promtoolBinary(), ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect([stdout + stderr, status]).toEqual(['', 0]);
    expect(text).not.toMatch(/0x[0-9a-f]{6}|remes1|tokens:|user:|miner:|[0-9a-f]{32}/);
    const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
    const known = ['entry', 'tier', 'reason', 'outcome', 'kind', 'operation', 'alert', 'le'];
    // Those of the process's own figures.
    const ofNode = ['type', 'space', 'version', 'major', 'minor', 'patch', 'kind'];
    expect([...labels].filter((label) => ![...known, ...ofNode].includes(label!))).toEqual([]);
  });

  it('are all that the dashboard and the alerts ask for', async () => {
    const declared = [...(await scrape()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    const names = new Set(
      declared.flatMap(([, name = '', type]) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
      ),
    );
    const asked = (text: string): string[] =>
      [...text.matchAll(/\b(?:chaincache|nodejs|process)_\w+/g)].map(([name]) => name);
    const dashboard = readFileSync('deploy/grafana/dashboards/chaincache.json', 'utf8');
    const rules = parse(readFileSync('deploy/prometheus/rules.yml', 'utf8')) as Rules;
    const exprs = [...dashboard.matchAll(/"(?:expr|definition)": (".*")/g)].map(
      ([, text]) => JSON.parse(text!) as string,
    );
    expect(exprs.length).toBeGreaterThan(30);
    const wanted = [...exprs, ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr))].flatMap(asked);
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  it('stay below 2 000 series after 100 000 wallets', async () => {
    const manager = api.app.get(CacheManager);
    const load = () => undefined;
    for (let wallet = 0; wallet < 100_000; wallet += 1) {
      const entry = [userInfo, userCredits][wallet % 2]!;
      void manager.get(entry.ref({ wallet: `w${wallet}` })).then(load, load);
      if (wallet % 500 === 0) await manager.get(userInfo.ref({ wallet: `w${wallet}` }));
    }
    const samples = samplesOf(await scrape());
    expect(sumOf(samples, 'chaincache_cache_misses_total')).toBeGreaterThan(90_000);
    expect(samples.size).toBeLessThanOrEqual(2_000);
  }, 120_000);

  it('cost Redis one INFO for ten scrapes at once', async () => {
    const calls = async (): Promise<number> =>
      Number(/cmdstat_info:calls=(\d+)/.exec(String(await redisCommand(redis, 'INFO', 'commandstats')))?.[1]);
    const scraping = () => Promise.all(Array.from({ length: 10 }, scrape));
    // INFO replication goes behind each read of the cache, so nothing else may happen meanwhile: heartbeats do not use it.
    const idle = async (): Promise<void> => {
      for (let before = -1, now = await calls(); now !== before + 1; now = await calls()) before = now;
    };
    // A round of warming may come in between: not each time.
    const costs: number[] = [];
    for (let time = 0; time < 5; time += 1) {
      await idle();
      const before = await calls();
      await scraping();
      costs.push((await calls()) - before);
    }
    expect(Math.min(...costs)).toBeLessThanOrEqual(2);
  });

  it('say so where Redis has no limit, and alert nobody', async () => {
    let samples = samplesOf(await scrape());
    // An INFO that took too long is asked for again a while later.
    while (!samples.has('chaincache_redis_memory_max_bytes')) samples = samplesOf(await scrape());
    expect(samples.get('chaincache_redis_memory_max_bytes')).toBe(0);
    expect(samples.get('chaincache_redis_memory_used_bytes')).toBeGreaterThan(0);
    expect(samples.get('chaincache_alert_firing{alert="high-memory"}')).toBe(0);
  });

  it('tell within 20 s that Redis is lost, and that it is back, the webhook once for all instances', async () => {
    const firing = async (instance: TestApi): Promise<number | undefined> =>
      samplesOf((await instance.get('/metrics').expect(200)).text).get(
        'chaincache_alert_firing{alert="connection-lost"}',
      );
    const until = async (wanted: number): Promise<void> => {
      for (const instance of [api, other]) {
        while ((await firing(instance)) !== wanted) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const told = () => posts.filter(({ alert }) => alert === 'connection-lost').map(({ state }) => state);
    redis.signal('SIGKILL');
    await until(1);
    let samples = samplesOf(await scrape());
    // The last INFO counts for a few seconds more.
    for (let tries = 0; tries < 100 && samples.has('chaincache_redis_keys'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      samples = samplesOf(await scrape());
    }
    expect([samples.get('chaincache_store_up'), samples.get('chaincache_redis_keys')]).toEqual([0, undefined]);
    expect((await api.get('/health/ready').expect(200)).body.status).toBe('degraded');
    expect(api.log.some((line) => line.includes('"alert.firing"') && line.includes('connection-lost'))).toBe(true);
    const alone = await stats();
    expect(alone['fleet']).toMatchObject({ complete: false });
    // Two instances lost it; the webhook hears of it once.
    expect(told()).toEqual(['firing']);
    await redis.restart();
    await until(0);
    while (told().length < 2) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told()).toEqual(['firing', 'resolved']);
  }, 60_000);
});

describe('/metrics', () => {
  let devnet: Devnet;
  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3 });
  }, 60_000);
  afterAll(() => devnet?.stop());

  it('wants the token, where there is one', async () => {
    const api = await startApi(devnet, { METRICS_TOKEN: 'a-token-for-scrapers' });
    try {
      await api.get('/metrics').expect(401);
      await api.get('/metrics', { authorization: 'Bearer a-token-for-scraperz' }).expect(401);
      const { text } = await api.get('/metrics', { authorization: 'Bearer a-token-for-scrapers' }).expect(200);
      // Without Redis there is nothing to say of it.
      expect(text).toContain('chaincache_store_configured 0');
      expect(text).not.toMatch(/^chaincache_(store_up|redis_keys|bus_silence_seconds) /m);
    } finally {
      await api.close();
    }
  });

  it('has a port of its own, where there is one', async () => {
    const { MetricsServer } = await import('../../src/metrics/metrics.server.js');
    const api = await startApi(devnet, { METRICS_PORT: '0' });
    try {
      await api.get('/metrics').expect(404);
      const own = `http://127.0.0.1:${api.app.get(MetricsServer).port}`;
      expect(await (await fetch(`${own}/metrics`)).text()).toContain('chaincache_cache_hits_total');
      expect((await fetch(`${own}/api/cache/stats`)).status).toBe(404);
    } finally {
      await api.close();
    }
  });
});
