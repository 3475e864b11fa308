import { readConfig } from '../config/config.reader.js';
import { redisFigures } from './exposition/redis.figures.js';
import { SharedReading } from './exposition/shared.reading.js';
import { mayScrape } from './metrics.gate.js';

describe('what Redis tells of itself', () => {
  const info = (max: number): string =>
    `# Memory\r\nused_memory:1000\r\nused_memory_human:1K\r\nmaxmemory:${max}\r\n# Stats\r\nevicted_keys:7\r\n` +
    '# Keyspace\r\ndb0:keys=10,expires=9\r\ndb3:keys=5,expires=0\r\n';

  it('is added up over databases and nodes', () => {
    expect(redisFigures([info(4_000), info(2_000)])).toEqual({
      usedBytes: 2_000,
      maxBytes: 6_000,
      keys: 30,
      evictedKeys: 14,
    });
  });

  it('has no limit where one node has none, and nothing where nothing was told', () => {
    expect(redisFigures([info(4_000), info(0)]).maxBytes).toBe(0);
    expect(redisFigures([''])).toEqual({ usedBytes: 0, maxBytes: 0, keys: 0, evictedKeys: 0 });
  });
});

describe('a reading that many want', () => {
  it('is made once for all of them, and again when it is old', async () => {
    let now = 0;
    let reads = 0;
    const reading = new SharedReading(
      async () => (reads += 1),
      3_000,
      () => now,
    );
    expect(await Promise.all([reading.get(), reading.get(), reading.get()])).toEqual([1, 1, 1]);
    now = 2_999;
    expect(await reading.get()).toBe(1);
    now = 3_000;
    expect(await reading.get()).toBe(2);
  });

  it('that fails is null, and is not tried again at once', async () => {
    let tries = 0;
    const failing = async (): Promise<never> => {
      tries += 1;
      throw new Error('down');
    };
    const reading = new SharedReading(failing, 3_000, () => 0);
    expect([await reading.get(), await reading.get(), tries]).toEqual([null, null, 1]);
  });
});

it('a scraper needs the token where there is one', () => {
  expect(mayScrape(undefined, undefined)).toBe(true);
  expect(mayScrape('the-token', 'Bearer the-token')).toBe(true);
  for (const shown of [undefined, '', 'Bearer', 'Bearer the-tokem', 'Basic the-token', 'the-token']) {
    expect(mayScrape('the-token', shown)).toBe(false);
  }
});

describe('the configuration of metrics', () => {
  const metrics = (environment: Record<string, string>) => readConfig(environment).metrics;

  it('is open, on the port of the API, and samples a thousandth by default', () => {
    expect(metrics({})).toEqual({
      port: undefined,
      token: undefined,
      webhook: undefined,
      consistencySample: 0.001,
      shadow: [],
    });
  });

  it('takes a webhook with its secret, entries by name and a share', () => {
    expect(
      metrics({
        ALERT_WEBHOOK_URL: 'https://alerts.example/x',
        ALERT_WEBHOOK_SECRET: 'x'.repeat(16),
        CACHE_SHADOW: 'token-balances,API-key',
        CONSISTENCY_SAMPLE: '0.5',
        METRICS_PORT: '9464',
      }),
    ).toMatchObject({
      port: 9464,
      webhook: { url: 'https://alerts.example/x', secret: 'x'.repeat(16) },
      shadow: ['token balances', 'API key'],
      consistencySample: 0.5,
    });
  });

  it.each([
    [{ ALERT_WEBHOOK_URL: 'https://alerts.example' }, 'ALERT_WEBHOOK_SECRET'],
    [{ CONSISTENCY_SAMPLE: '1.5' }, 'CONSISTENCY_SAMPLE'],
    [{ CACHE_SHADOW: 'wallets' }, 'CACHE_SHADOW'],
    [{ METRICS_TOKEN: 'short' }, 'METRICS_TOKEN'],
    [{ METRICS_PROT: '1' }, 'METRICS_PROT'],
  ])('refuses %j', (environment, variable) => {
    expect(() => metrics(environment as unknown as Record<string, string>)).toThrow(variable);
  });
});
