import type {
  Address,
  EntryInfo,
  FillOutcome,
  FillRequest,
  InvalidationMessage,
  Lease,
  LeaseReply,
  LeaseRequest,
  SetRequest,
  Snapshot,
  Store,
  StoreEvents,
} from '../store/store.port.js';
import type { BusPublisher } from './bus.publisher.js';
import { encodeSettled } from './bus.wire.js';
import { inspectEntry } from './entry.inspection.js';
import { fillStep, leaseReplyOf, leaseStep, releaseStep, renewStep, setStep, UNSAVED_TOKEN } from './key.steps.js';
import { invalidate } from './invalidation.js';
import { isMigrating } from './migration.js';
import { ReadBatcher } from './read.batcher.js';
import { numberAt, ScriptRunner, wordOf } from './script.runner.js';
import type { Topology } from './topology.js';
import { unavailable } from './unavailable.error.js';

/**
 * The second tier in Redis. Reads compare on this side and cost one round trip; everything that writes is one Lua
 * script for one key, so that it happens whole or not at all.
 *
 * The buffers that it returns may be views of larger ones that the connection received: copy what is kept for long.
 */
export class RedisStore implements Store {
  readonly shared = true;
  private readonly reader: ReadBatcher;
  private readonly runner: ScriptRunner;

  constructor(
    private readonly topology: Topology,
    private readonly publisher: BusPublisher,
  ) {
    this.reader = new ReadBatcher(topology);
    this.runner = new ScriptRunner(topology);
  }

  async readMany(addresses: readonly Address[]): Promise<readonly (Snapshot | null)[]> {
    return addresses.length === 0 ? [] : this.reader.read(addresses);
  }

  async leaseMany(requests: readonly LeaseRequest[]): Promise<readonly LeaseReply[]> {
    const replies = await this.runner.run(requests.map((request) => leaseStep(this.topology, request)));
    const decoded = replies.map((reply, index) => leaseReplyOf(this.topology, reply, requests[index]!));
    const failure = decoded.find((reply) => reply instanceof Error);
    if (failure === undefined) return decoded as readonly LeaseReply[];
    // The caller loads without writing: what was granted beside the failure must not hold others up.
    for (const [index, reply] of decoded.entries()) {
      if (!(reply instanceof Error) && reply.kind === 'granted') {
        this.release(requests[index]!, reply.lease).catch(() => undefined);
      }
    }
    throw unavailable(failure);
  }

  async fillMany(requests: readonly FillRequest[]): Promise<readonly FillOutcome[]> {
    const saved = requests.filter(({ lease }) => !lease.token.equals(UNSAVED_TOKEN));
    const replies = await this.runner.run(saved.map((request) => fillStep(this.topology, request)));
    const outcomes = new Map(saved.map((request, index) => [request, replies[index]]));
    await this.wake(saved.filter((_request, index) => numberAt(replies[index], 1) === 1).map(({ key }) => key));
    return requests.map((request) => {
      const reply = outcomes.get(request);
      if (reply === undefined) return 'full';
      return isMigrating(reply) ? 'refused' : (wordOf(successOf(reply)) as FillOutcome);
    });
  }

  async release(address: Address, lease: Lease): Promise<void> {
    const [reply] = await this.runner.run([releaseStep(this.topology, address, lease)]);
    if (isMigrating(reply)) return;
    if (Number(successOf(reply)) === 1) await this.wake([address.key]);
  }

  async renew(address: Address, lease: Lease, leaseMs: number): Promise<boolean> {
    const [reply] = await this.runner.run([renewStep(this.topology, address, lease, leaseMs)]);
    return !isMigrating(reply) && Number(successOf(reply)) === 1;
  }

  async set(request: SetRequest): Promise<FillOutcome> {
    const [reply] = await this.runner.run([setStep(this.topology, this.publisher, request)]);
    if (isMigrating(reply)) {
      // It cannot be written now; the older value must not stay.
      await this.invalidate({ ...request.message, keys: [...new Set([request.key, ...request.message.keys])] });
      return 'full';
    }
    const outcome = wordOf(successOf(reply));
    if (outcome !== 'filled' && outcome !== 'full') throw unavailable(new Error(`a set was refused as ${outcome}`));
    if (this.topology.scriptChannel === null) await this.announce(this.publisher.invalidation(request.message));
    if (numberAt(reply, 1) === 1) await this.wake([request.key]);
    return outcome;
  }

  async invalidate(message: InvalidationMessage): Promise<{ readonly deleted: number }> {
    const { deleted, waitedFor } = await invalidate(this.topology, this.runner, this.publisher, message);
    await this.wake(waitedFor);
    return { deleted };
  }

  async inspect(address: Address): Promise<EntryInfo> {
    const [snapshot] = await this.reader.read([address]);
    return { ...(await inspectEntry(this.topology, address)), snapshot: snapshot! };
  }

  subscribe(events: StoreEvents): () => void {
    return this.topology.subscribe(events);
  }

  close(): Promise<void> {
    return this.topology.close();
  }

  /** Wakes those who wait for keys, where the scripts could not do it. */
  private async wake(keys: readonly string[]): Promise<void> {
    if (this.topology.scriptChannel !== null) return;
    await Promise.all(keys.map((key) => this.announce(encodeSettled(key))));
  }

  /** What is lost here is noticed: an invalidation by its number, a wake-up by the waiter's deadline. */
  private async announce(message: string): Promise<void> {
    await this.topology.publish(message).catch(() => undefined);
  }
}

function successOf(reply: unknown): unknown {
  if (reply instanceof Error) throw unavailable(reply);
  return reply;
}
