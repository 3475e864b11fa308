import { strict as assert } from 'node:assert';
import type { BusEvents } from '../src/bus/bus.port.js';
import { decodeEnvelope, encodeEnvelope, envelopeParts, STAMP_OFFSET } from '../src/protocol/envelope.js';
import type { EnvelopeContent } from '../src/protocol/envelope.js';
import { CacheError } from '../src/errors.js';
import { stampMatches } from '../src/protocol/stamp.js';
import type {
  Address,
  FillOutcome,
  InvalidationMessage,
  Lease,
  LeaseIntent,
  LeaseReply,
  SetRequest,
  Snapshot,
  Store,
} from '../src/store/store.port.js';

export const LIFE_MS = 60_000;
export const LEASE_MS = 5_000;

/** An address as the cache makes them: an explicit tag, the prefix, everything. */
export function addressOf(id: string, ...explicitTags: readonly string[]): Address {
  return { key: `item:${id}`, tags: [...explicitTags, 'item:', '*'] };
}

export type Granted = Extract<LeaseReply, { kind: 'granted' }>;

export async function take(
  store: Store,
  address: Address,
  intent: LeaseIntent = 'missing',
  leaseMs = LEASE_MS,
): Promise<LeaseReply> {
  const [reply] = await store.leaseMany([{ ...address, intent, leaseMs, withHeight: true }]);
  assert(reply, 'one reply for one request');
  return reply;
}

/** Takes a lease that must be free. */
export async function takeFree(
  store: Store,
  address: Address,
  intent: LeaseIntent = 'missing',
  leaseMs = LEASE_MS,
): Promise<Granted> {
  const reply = await take(store, address, intent, leaseMs);
  assert(reply.kind === 'granted', `the lease is ${reply.kind}`);
  return reply;
}

export interface Sample {
  readonly body?: Buffer;
  readonly freshMs?: number;
  readonly lifeMs?: number;
}

export function envelopeOf({ lease, nowMs }: Granted, sample: Sample = {}): Buffer {
  return encodeEnvelope(contentOf(sample), lease.stamp, nowMs);
}

export async function fill(
  store: Store,
  address: Address,
  granted: Granted,
  sample: Sample = {},
): Promise<FillOutcome> {
  const envelope = envelopeOf(granted, sample);
  const [outcome] = await store.fillMany([
    { ...address, lease: granted.lease, envelope, lifeMs: sample.lifeMs ?? LIFE_MS },
  ]);
  assert(outcome, 'one outcome for one request');
  return outcome;
}

/** Lease, load, fill: afterwards the entry is there. */
export async function load(store: Store, address: Address, sample: Sample = {}): Promise<Lease> {
  const granted = await takeFree(store, address, 'refresh');
  assert.equal(await fill(store, address, granted, sample), 'filled');
  return granted.lease;
}

export async function read(store: Store, address: Address): Promise<Snapshot> {
  const [snapshot] = await store.readMany([address]);
  assert(snapshot, 'one snapshot for one address');
  return snapshot;
}

/** The body that a cache would serve from this snapshot, or null: nothing there, garbage, or another stamp. */
export function servedBody(snapshot: Snapshot): string | null {
  const entry = snapshot.envelope === null ? null : decodeEnvelope(snapshot.envelope);
  if (entry === null || !stampMatches(snapshot.envelope!, STAMP_OFFSET, entry.tagCount, snapshot)) return null;
  return snapshot.envelope!.subarray(entry.bodyOffset).toString();
}

export async function served(store: Store, address: Address): Promise<string | null> {
  return servedBody(await read(store, address));
}

export function invalidation(
  tags: readonly string[],
  keys: readonly string[] = [],
  minHeight?: number,
): InvalidationMessage {
  return minHeight === undefined ? { tags, keys } : { tags, keys, minHeight };
}

export function setRequest(address: Address, body: string): SetRequest {
  const parts = envelopeParts(contentOf({ body: Buffer.from(body) }), address.tags.length);
  return { ...address, ...parts, lifeMs: LIFE_MS, message: invalidation([], [address.key]) };
}

export async function rejectsAsUnavailable(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => error instanceof CacheError && error.code === 'STORE_UNAVAILABLE');
}

/** Everything that a bus told. */
export class Recorder implements BusEvents {
  readonly messages: InvalidationMessage[] = [];
  readonly settledKeys: string[] = [];
  readonly gaps: string[] = [];

  invalidated(message: InvalidationMessage): void {
    this.messages.push(message);
  }
  settled(key: string): void {
    this.settledKeys.push(key);
  }
  gap(reason: string): void {
    this.gaps.push(reason);
  }
}

/** Waits, in real time, until something that must happen by itself has happened. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    assert(Date.now() < deadline, `${what}: not within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function contentOf({ body = Buffer.from('value'), freshMs = LIFE_MS }: Sample): EnvelopeContent {
  return {
    absent: false,
    compressed: false,
    encrypted: false,
    schema: 1,
    freshMs,
    loadMs: 5,
    height: null,
    extraTags: null,
    body,
  };
}
