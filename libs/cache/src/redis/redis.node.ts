import type { Redis } from 'ioredis';
import type { CancelTimer, Clock } from '../clock.js';
import { MgetCommand } from './mget.command.js';
import type { ReplicaStanding } from './replica.standing.js';
import { SCRIPTS } from './scripts/all.scripts.js';
import type { Script } from './scripts/script.js';
import { identityOf, isIdentity } from './server.identity.js';
import type { ServerIdentity } from './server.identity.js';
import { SilenceWatch } from './silence.watch.js';
import { notMaster, unavailable, withoutPermission } from './unavailable.error.js';

export type Argument = string | number | Buffer;

/** One script with what it is to work on. */
export interface ScriptCall {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

export type Values = readonly (Buffer | null)[];

/** What one round trip read: the values of each list of keys, or why that list could not be read. */
export interface ReadReply {
  readonly lists: readonly (Values | Error)[];
  readonly identity: ServerIdentity;
  readonly nowMs: number;
}

type Reply = [error: Error | null, value: unknown];

/**
 * One connection to one Redis server, which it knows by its identity. Commands of one call leave in one write and are
 * never sent twice: what was refused before it ran (`NOSCRIPT`) is the only exception.
 */
export class RedisNode {
  private known: ServerIdentity | null = null;
  private readonly silence: SilenceWatch;
  /** The server's clock at `clockReadAtMs` of ours: an upper bound, as the answer took some time. */
  private serverMs = 0;
  private clockReadAtMs = 0;

  constructor(
    readonly redis: Redis,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    /** The server turned out to be no master. */
    private readonly onDemotion: (cause: unknown) => void,
    /** Where others decide who the master is, and this one may not know. */
    private readonly standing: ReplicaStanding | null = null,
  ) {
    this.silence = new SilenceWatch(redis, clock, timeoutMs);
  }

  /** Makes the server known and its scripts loaded. @throws CacheError `STORE_UNAVAILABLE` with the reason */
  async prepare(): Promise<void> {
    const [info, time, ...loaded] = await this.together((redis) => [
      redis.info('replication'),
      redis.time(),
      ...SCRIPTS.map(({ source }) => redis.script('LOAD', source)),
    ]);
    for (const [error] of [info!, time!, ...loaded]) {
      if (error?.message.includes('NOPERM')) throw withoutPermission(error);
      if (error) throw unavailable(error);
    }
    this.learn(info!, time![1], this.clock.now());
  }

  /** Reads lists of keys, with the identity of the server that answered and its clock, in one round trip. */
  async read(lists: readonly (readonly string[])[]): Promise<ReadReply> {
    const sentAtMs = this.clock.now();
    // The identity behind the values: they must not be newer than what they are judged by.
    const replies = await this.together((redis) => [
      ...lists.map((keys) => redis.sendCommand(new MgetCommand(keys)) as Promise<unknown>),
      redis.info('replication'),
      redis.time(),
    ]);
    const [info, time] = replies.slice(lists.length);
    if (time![0]) throw unavailable(time![0]);
    const { identity, nowMs } = this.learn(info!, time![1], sentAtMs);
    return { lists: lists.map((keys, index) => valuesOf(replies[index]!, keys.length)), identity, nowMs };
  }

  /** Runs scripts in one round trip; gives each one's reply, or its error. */
  async run(calls: readonly ScriptCall[]): Promise<readonly unknown[]> {
    const replies = await this.evaluate(calls);
    const unknown = [...replies.keys()].filter((index) => isError(replies[index], 'NOSCRIPT'));
    if (unknown.length === 0) return replies;

    await this.together((redis) => SCRIPTS.map(({ source }) => redis.script('LOAD', source)));
    const again = await this.evaluate(unknown.map((index) => calls[index]!));
    const repaired = [...replies];
    for (const [position, index] of unknown.entries()) repaired[index] = again[position];
    return repaired;
  }

  /** One plain command. */
  async send(command: readonly [name: string, ...args: Argument[]]): Promise<unknown> {
    const [reply] = await this.together((redis) => [redis.call(...command)]);
    const [error, value] = reply!;
    if (error) throw unavailable(error);
    return value;
  }

  /** The first bytes of some values; nothing of what is no string. */
  async heads(keys: readonly string[], bytes: number): Promise<readonly Buffer[]> {
    if (keys.length === 0) return [];
    const replies = await this.together((redis) => keys.map((key) => redis.getrangeBuffer(key, 0, bytes - 1)));
    return replies.map(([error, value]) => (error ? Buffer.alloc(0) : (value as Buffer)));
  }

  /** The server's identity as far as it is known; asks for it once. */
  async identity(): Promise<ServerIdentity> {
    if (this.known === null) await this.read([]);
    return this.known!;
  }

  /** Something told that the server is another one: the next `identity()` asks. */
  forgetIdentity(): void {
    this.known = null;
  }

  /** About the time on the server's clock. */
  nowMs(): number {
    return Math.floor(this.serverMs + (this.clock.now() - this.clockReadAtMs));
  }

  /** The time, on the server's clock, from which nobody waits any more for a command that is sent now. */
  deadlineMs(): number {
    return this.nowMs() + Math.ceil(this.timeoutMs);
  }

  /** The server's clock was seen. */
  seeClock(serverMs: number): void {
    this.serverMs = serverMs;
    this.clockReadAtMs = this.clock.now();
  }

  private async evaluate(calls: readonly ScriptCall[]): Promise<readonly unknown[]> {
    const replies = await this.together((redis) => [
      ...calls.map(({ script, keys, args }) => redis.callBuffer('EVALSHA', script.sha, keys.length, ...keys, ...args)),
      // Behind the scripts: what a deposed master has acknowledged is lost.
      ...(this.standing === null ? [] : [redis.info('replication')]),
    ]);
    const outcomes = replies.slice(0, calls.length).map(([error, value]) => error ?? value);
    if (outcomes.some((outcome) => isError(outcome, 'READONLY'))) this.onDemotion(notMaster());
    else if (this.standing !== null) this.recognize(replies[calls.length]!);
    return outcomes;
  }

  /**
   * Sends commands in one write (ioredis's pipeline does so too, at twice the cost for a few commands) and gives each
   * one's reply or error.
   *
   * Never waits longer than the timeout. When it is over, what has arrived in the meantime is looked at first: after a
   * busy spell of this process timers come before sockets, and a server that answered in time would be blamed.
   */
  private async together(issue: (redis: Redis) => readonly Promise<unknown>[]): Promise<readonly Reply[]> {
    if (this.redis.status !== 'ready') throw unavailable(new Error('not connected'));
    const { stream } = this.redis;
    stream.cork();
    const answers = Promise.all(issue(this.redis).map(toReply));
    stream.uncork();
    let cancel: CancelTimer | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      cancel = this.clock.setTimer(() => {
        setImmediate(() => reject(unavailable(new Error(`no answer within ${this.timeoutMs} ms`))));
      }, this.timeoutMs);
    });
    try {
      return await Promise.race([answers, tooLate]);
    } catch (error) {
      this.silence.unansweredFor(this.timeoutMs);
      throw error;
    } finally {
      cancel?.();
    }
  }

  private learn(info: Reply, time: unknown, sentAtMs: number): { identity: ServerIdentity; nowMs: number } {
    const identity = this.recognize(info);
    const [seconds, micros] = time as [string, string];
    const nowMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    this.serverMs = nowMs;
    this.clockReadAtMs = sentAtMs;
    return { identity, nowMs };
  }

  /** @throws CacheError `STORE_UNAVAILABLE` unless it is a master, as far as can be seen */
  private recognize([error, info]: Reply): ServerIdentity {
    if (error) throw unavailable(error);
    const text = String(info);
    if (this.known === null || !isIdentity(text, this.known)) this.known = identityOf(text);
    try {
      if (this.known === null) throw notMaster();
      this.standing?.check(this.known.hex, text);
      return this.known;
    } catch (cause) {
      this.onDemotion(cause);
      throw cause;
    }
  }
}

export function isError(reply: unknown, code: string): reply is Error {
  return reply instanceof Error && reply.message.startsWith(code);
}

function toReply(answer: Promise<unknown>): Promise<Reply> {
  return answer.then(
    (value): Reply => [null, value],
    (error: Error): Reply => [error, null],
  );
}

/** A reply of another shape belongs to another command: that connection cannot be trusted. */
function valuesOf([error, value]: Reply, count: number): Values | Error {
  if (error) return error;
  if (Array.isArray(value) && value.length === count) return value as Values;
  return new Error(`${count} values were asked for and something else was answered`);
}
