import { randomUUID } from 'node:crypto';
import type supertest from 'supertest';
import { ADMIN, type TestApi } from './r3mes-api.js';

export const BATCH = { ...ADMIN, 'content-type': 'application/cloudevents-batch+json' };

export interface EventResult {
  readonly id: string | null;
  readonly status: string;
  readonly reason?: string;
}

/** A CloudEvent that nobody has sent yet. */
export function event(type: string, data: unknown, attributes: Readonly<Record<string, unknown>> = {}) {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/r3mes/backend',
    type,
    time: new Date().toISOString(),
    data,
    ...attributes,
  };
}

export function postEvents(
  api: TestApi,
  body: unknown,
  headers: Readonly<Record<string, string>> = BATCH,
): supertest.Test {
  return api.send('post', '/api/events', body, headers);
}

/** Posts a batch that is taken. @returns what became of each */
export async function resultsOf(api: TestApi, events: readonly unknown[]): Promise<EventResult[]> {
  const answer = await postEvents(api, events).expect(202);
  return (answer.body as { results: EventResult[] }).results;
}

/** A wallet of an EVM chain, by number. */
export function address(number: number): string {
  return `0x${number.toString(16).padStart(40, '0')}`;
}

/** The data of an event `tokens.transferred`. */
export function transfer(change: Readonly<Record<string, unknown>> = {}) {
  return { chainId: 31337, from: address(1), to: address(2), blockNumber: 5, ...change };
}
