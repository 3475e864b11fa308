import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { type RedisTierOptions } from '@chaincache/cache/redis';
import { redisCommand, sharedRedisUrl, startRedis } from '../support/services.js';

type Message = { readonly state?: string; readonly loading?: true; readonly value?: unknown; readonly tier?: string };

/** A process that uses the built library. Remembers what it said. */
class Member {
  private readonly said: Message[] = [];
  private readonly child: ChildProcess;

  constructor(redis: RedisTierOptions) {
    this.child = fork(join(__dirname, 'fleet.member.mjs'), [JSON.stringify(redis)], { execArgv: [] });
    this.child.on('message', (message: Message) => this.said.push(message));
  }

  get loads(): number {
    return this.said.filter(({ loading }) => loading).length;
  }

  /** Asks for a key; the answer is the first message that `heard` finds with a value. */
  read(id: string): void {
    this.child.send({ read: id });
  }

  /** Has the loader that runs return this. */
  answer(source: string): void {
    this.child.send({ source });
  }

  async heard(wanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.said.find(wanted);
      if (found !== undefined) return found;
      if (!this.running) throw new Error(`the process has ended: ${this.child.exitCode}`);
      await Promise.race([once(this.child, 'message'), once(this.child, 'exit')]);
    }
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

describe('processes', () => {
  const members: Member[] = [];
  const start = (redis: RedisTierOptions): Member => {
    const member = new Member(redis);
    members.push(member);
    return member;
  };
  afterEach(() => Promise.all(members.splice(0).map((member) => member.stop())));

  it('make one source call for one cold key, all four of them', async () => {
    const keyPrefix = `${randomBytes(4).toString('hex')}/`;
    const fleet = Array.from({ length: 4 }, () =>
      start({ url: sharedRedisUrl(), keyPrefix, commandTimeoutMs: 5_000, heartbeatMs: 100 }),
    );
    await Promise.all(fleet.map((member) => member.heard(({ state }) => state === 'up')));
    for (const member of fleet) member.read('cold');
    const holder = await Promise.race(
      fleet.map(async (member) => {
        await member.heard(({ loading }) => loading === true);
        return member;
      }),
    );
    holder.answer('once');
    const answers = await Promise.all(fleet.map((member) => member.heard(({ tier }) => tier !== undefined)));
    expect(answers.map(({ value }) => value)).toEqual(['once', 'once', 'once', 'once']);
    expect(fleet.reduce((sum, { loads }) => sum + loads, 0)).toBe(1);
  });

  it('answer when Redis is absent at boot, do not exit, and use it once it is there', async () => {
    const redis = await startRedis();
    try {
      redis.signal('SIGKILL');
      const member = start({ url: redis.url });
      await member.heard(({ state }) => state === 'down');
      member.read('first');
      await member.heard(({ loading }) => loading === true);
      member.answer('from the source');
      expect(await member.heard(({ tier }) => tier !== undefined)).toMatchObject({ value: 'from the source' });
      expect(member.running).toBe(true);

      await redis.restart();
      await member.heard(({ state }) => state === 'up');
      // The connection that listens comes back by itself, a moment before or after the other.
      let channels: unknown = [];
      for (let tries = 0; tries < 200 && String(channels) === ''; tries += 1) {
        channels = await redisCommand(redis, 'PUBSUB', 'CHANNELS');
        await sleep(25);
      }
      expect(channels).toEqual(['_bus']);
      expect(member.running).toBe(true);
    } finally {
      await redis.stop();
    }
  });
});
