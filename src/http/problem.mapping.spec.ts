import { HttpException, InternalServerErrorException } from '@nestjs/common';
import { CacheError, type CacheErrorCode } from '@chaincache/cache';
import { ColdLoadRefused } from '../source/cold-load.limiter.js';
import { SourceError } from '../source/source.error.js';
import { problemOf } from './problem.mapping.js';

describe('the answer to an error', () => {
  it.each<[CacheErrorCode, number | undefined]>([
    ['INVALID_KEY', 400],
    ['INVALID_TAG', 400],
    ['INVALID_PATTERN', 400],
    ['LOAD_TIMEOUT', 503],
    ['OVERLOADED', 503],
    ['STORE_UNAVAILABLE', 503],
    ['CLOSED', 503],
    ['CATALOG', undefined],
    ['NOT_JSON', undefined],
    ['INVALID_OPTION', undefined],
  ])('of the cache with %s is %s', (code, status) => {
    expect(problemOf(new CacheError(code, 'text'))?.status).toBe(status);
  });

  it('tells how long a source wants to be left alone, a minute at most', () => {
    const headerOf = (retryAfterMs?: number): string | undefined =>
      problemOf(new SourceError('x', 'y', { retryable: true, retryAfterMs }))?.headers()['retry-after'];
    expect([headerOf(), headerOf(0), headerOf(1_500), headerOf(3_600_000)]).toEqual(['5', '1', '2', '60']);
  });

  it('to a client that asks too much is 429 with Retry-After', () => {
    const problem = problemOf(new ColdLoadRefused('192.0.2.1', 900));
    expect([problem?.status, problem?.headers()]).toEqual([429, { 'retry-after': '1' }]);
    expect(JSON.stringify(problem?.body('urn:x'))).not.toContain('192.0.2.1');
  });

  it('that is our own fault is left to the log', () => {
    expect(problemOf(new TypeError('oops'))).toBeNull();
    expect(problemOf(new InternalServerErrorException())).toBeNull();
    expect(problemOf('a string')).toBeNull();
  });

  it('of the framework keeps its status', () => {
    expect(problemOf(new HttpException('x', 415))?.status).toBe(415);
  });
});
