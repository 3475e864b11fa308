import { createLogger } from './logger.factory.js';
import { cacheLog } from './cache.log.js';

const KEY = 'tokens:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';

describe('the cache’s log', () => {
  const lines: Record<string, unknown>[] = [];
  const log = cacheLog(
    createLogger('debug', { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }),
  );

  beforeEach(() => lines.splice(0));

  it('has hits as debug, misses and stale answers as info, each with entry, tier and duration', () => {
    log.answered?.('token balances', 'L1', 0.1234, 64);
    log.answered?.('token balances', 'MISS', 12.5, 1);
    log.answered?.('token balances', 'STALE', 200, 1);
    expect(lines.map(({ event, level, tier, durationMs }) => [event, level, tier, durationMs])).toEqual([
      ['cache.hit', 'debug', 'L1', 0.12],
      ['cache.miss', 'info', 'MISS', 12.5],
      ['cache.stale', 'info', 'STALE', 200],
    ]);
  });

  it('warns of an open breaker and tells when it closes', () => {
    log.storeState?.('breaker-open');
    log.storeState?.('breaker-closed');
    expect(lines.map(({ event, level }) => [event, level])).toEqual([
      ['cache.store-breaker-open', 'warn'],
      ['cache.store-breaker-closed', 'info'],
    ]);
  });

  it('names keys and tags by a digest that is the same every time', () => {
    log.loaded?.('token balances', KEY, 5);
    log.filled?.('token balances', KEY, 100, 50);
    log.invalidated?.('tag', [`wallet:${KEY.slice(7)}`], 'applied', 1);
    log.loadFailed?.('token balances', KEY, new Error('gone'));
    expect(lines).toHaveLength(4);
    expect(lines[0]?.key).toMatch(/^[0-9a-f]{10}$/);
    expect(lines[1]?.key).toBe(lines[0]?.key);
    expect(JSON.stringify(lines)).not.toContain('0xf39');
  });
});
