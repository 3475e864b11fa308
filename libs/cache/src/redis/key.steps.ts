import { randomBytes } from 'node:crypto';
import { WORD_BYTES } from '../protocol/stamp.js';
import { MIN_VERSION_LIFE_MS, VERSION_MARGIN_MS } from '../store/store.lifetimes.js';
import type { Address, FillRequest, Lease, LeaseReply, LeaseRequest, SetRequest } from '../store/store.port.js';
import type { BusPublisher } from './bus.publisher.js';
import { encodeSettled } from './bus.wire.js';
import type { KeyLayout } from './key.layout.js';
import { isMigrating } from './migration.js';
import { numberAt, wordOf } from './script.runner.js';
import type { Step } from './script.runner.js';
import { FILL } from './scripts/fill.script.js';
import { RELEASE, RENEW } from './scripts/lease-keeping.script.js';
import { LEASE } from './scripts/lease.script.js';
import { SET } from './scripts/set.script.js';
import type { Topology } from './topology.js';
import { unavailable } from './unavailable.error.js';

const TOKEN_BYTES = 16;

/** The token of a lease that could not be kept: the load goes on, its fill is `full` without being tried. */
export const UNSAVED_TOKEN = Buffer.alloc(TOKEN_BYTES);

const INTENT = { missing: 'm', refresh: 'r', always: 'a' } as const;

export function leaseStep({ layout }: Topology, request: LeaseRequest): Step {
  const { key, tags, intent, leaseMs, withHeight } = request;
  const partition = layout.partitionOf(key);
  const keys = keysOf(layout, partition, request);
  if (withHeight) keys.push(...tags.map((tag) => layout.height(partition, tag)));
  return {
    partition,
    call: ({ hex, word }, node) => ({
      script: LEASE,
      keys,
      args: [
        hex,
        word,
        randomBytes(TOKEN_BYTES),
        wholeMs(leaseMs),
        wholeMs(Math.max(leaseMs, MIN_VERSION_LIFE_MS)),
        INTENT[intent],
        tags.length,
        node.deadlineMs(),
        randomBytes(tags.length * WORD_BYTES),
      ],
    }),
  };
}

/** @returns an error for whatever is no answer to a lease request */
export function leaseReplyOf(topology: Topology, reply: unknown, { key, tags }: LeaseRequest): LeaseReply | Error {
  if (isMigrating(reply)) {
    const nowMs = topology.nodeOf(topology.layout.partitionOf(key)).nowMs();
    return { kind: 'granted', lease: unsavedLease(tags.length), nowMs, minHeight: null };
  }
  if (reply instanceof Error) return reply;
  const parts = reply as readonly unknown[];
  const nowMs = numberAt(reply, 1);
  switch (wordOf(reply)) {
    case 'granted': {
      const own = copyOf(parts[3]);
      const lease = { token: own.subarray(0, TOKEN_BYTES), stamp: own.subarray(TOKEN_BYTES) };
      return { kind: 'granted', lease, nowMs, minHeight: heightOf(parts[2]) };
    }
    case 'unsaved':
      return { kind: 'granted', lease: unsavedLease(tags.length), nowMs, minHeight: heightOf(parts[2]) };
    case 'held':
      return { kind: 'held', remainingMs: nowMs };
    case 'present': {
      const stamp = copyOf(parts[3]);
      const versions = tags.map((_tag, index) => wordAt(stamp, index + 1));
      return {
        kind: 'present',
        snapshot: { envelope: parts[2] as Buffer, identity: wordAt(stamp, 0), versions, nowMs },
      };
    }
    default:
      return unavailable(new Error(`a lease was refused as ${wordOf(reply)}`));
  }
}

/** No stamp can ever equal that of this lease. */
function unsavedLease(tagCount: number): Lease {
  return { token: UNSAVED_TOKEN, stamp: randomBytes(WORD_BYTES * (tagCount + 1)) };
}

export function fillStep(topology: Topology, { lease, envelope, lifeMs, ...address }: FillRequest): Step {
  const partition = topology.layout.partitionOf(address.key);
  return {
    partition,
    call: () => ({
      script: FILL,
      keys: keysOf(topology.layout, partition, address),
      args: [
        lease.stamp.toString('hex', 0, WORD_BYTES),
        ownValue(lease),
        envelope,
        wholeMs(lifeMs),
        wholeMs(lifeMs + VERSION_MARGIN_MS),
        topology.scriptChannel ?? '',
        encodeSettled(address.key),
      ],
    }),
  };
}

export function releaseStep({ layout, scriptChannel }: Topology, { key }: Address, lease: Lease): Step {
  const partition = layout.partitionOf(key);
  return {
    partition,
    call: () => ({
      script: RELEASE,
      keys: [layout.lease(partition, key)],
      args: [ownValue(lease), scriptChannel ?? '', encodeSettled(key)],
    }),
  };
}

export function renewStep({ layout }: Topology, { key }: Address, lease: Lease, leaseMs: number): Step {
  const partition = layout.partitionOf(key);
  return {
    partition,
    call: () => ({ script: RENEW, keys: [layout.lease(partition, key)], args: [ownValue(lease), wholeMs(leaseMs)] }),
  };
}

export function setStep({ layout, scriptChannel }: Topology, publisher: BusPublisher, request: SetRequest): Step {
  const { key, tags, head, tail, lifeMs, message } = request;
  const partition = layout.partitionOf(key);
  return {
    partition,
    call: ({ hex, word }, node) => ({
      script: SET,
      keys: keysOf(layout, partition, request),
      args: [
        hex,
        word,
        head,
        tail,
        wholeMs(lifeMs),
        wholeMs(lifeMs + VERSION_MARGIN_MS),
        node.deadlineMs(),
        randomBytes(tags.length * WORD_BYTES),
        scriptChannel ?? '',
        scriptChannel === null ? '' : publisher.invalidation(message),
        encodeSettled(key),
      ],
    }),
  };
}

/** Redis takes no fractions, and no life of 0. */
export function wholeMs(durationMs: number): number {
  return Math.max(1, Math.ceil(durationMs));
}

function keysOf(layout: KeyLayout, partition: number, { key, tags }: Address): string[] {
  const versions = tags.map((tag) => layout.version(partition, tag));
  return [layout.entry(partition, key), layout.lease(partition, key), ...versions];
}

function ownValue({ token, stamp }: Lease): Buffer {
  return Buffer.concat([token, stamp]);
}

/** Replies are views of what the connection received; a lease would keep all of that in memory while it is held. */
function copyOf(value: unknown): Buffer {
  return Buffer.from(value as Buffer);
}

function wordAt(stamp: Buffer, index: number): Buffer {
  return stamp.subarray(index * WORD_BYTES, (index + 1) * WORD_BYTES);
}

function heightOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number((value as Buffer).toString());
}
