import { setImmediate as turn } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { bech32 } from '@scure/base';
import type { ApiProcess } from './api.process.js';

/** No reader waits longer for a change: S of credits is a second. */
const PATIENCE_MS = 5_000;

/** How long after the writer's answer another instance took to show the change. */
export interface Propagation {
  /** Until a read was sent that shows it: what a reader can notice. */
  readonly sentMs: number;
  /** Until the answer of that read had come: with the read's own way and its load from the database. */
  readonly answeredMs: number;
}

export function freshWallet(): string {
  return bech32.encode('remes', bech32.toWords(randomBytes(20)));
}

/** Resolves once the instance has Redis in use. */
export async function usesRedis(api: ApiProcess): Promise<void> {
  while ((await api.readiness()) !== 'ok') await turn();
}

/** Resolves once the wallet's credits are in the instance's memory, and so in Redis. */
export async function isWarm(api: ApiProcess, wallet: string): Promise<void> {
  while ((await api.credits(wallet)).tier !== 'L1') await turn();
}

/**
 * Adds a credit through one instance and reads through the other, whose memory holds the old sum, until that shows it.
 * @throws Error when it never does
 */
export async function propagate(writer: ApiProcess, reader: ApiProcess, wallet: string): Promise<Propagation> {
  await isWarm(reader, wallet);
  const expected = await writer.add(wallet, 1, randomBytes(12).toString('hex'));
  return timeUntilShown(reader, wallet, expected);
}

/** @returns the time from now until the instance shows these credits */
export async function timeUntilShown(api: ApiProcess, wallet: string, expected: string): Promise<Propagation> {
  const since = performance.now();
  for (;;) {
    const sentMs = performance.now() - since;
    const { credits } = await api.credits(wallet);
    if (credits === expected) return { sentMs, answeredMs: performance.now() - since };
    if (sentMs > PATIENCE_MS) throw new Error(`An instance still shows ${credits} after ${Math.round(sentMs)} ms.`);
  }
}
