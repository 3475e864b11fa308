import { describeBusContract } from '../../testing/bus.contract.js';
import { ManualClock } from '../../testing/manual.clock.js';
import { describeStoreContract } from '../../testing/store.contract.js';
import type { BusSubject } from '../../testing/store.subject.js';
import { MemoryServer } from './memory.server.js';
import { memoryTier } from './memory.store.js';

const HEARTBEAT_MS = 333;

async function twoProcesses(): Promise<BusSubject> {
  const clock = new ManualClock();
  const server = new MemoryServer({ clock });
  const first = memoryTier(server, { heartbeatMs: HEARTBEAT_MS });
  const second = memoryTier(server, { heartbeatMs: HEARTBEAT_MS });
  return {
    first,
    second,
    advance: (durationMs) => clock.advance(durationMs),
    async poisonEntry(key, poison) {
      if (poison === 'wrong-type') server.entries.delete(key);
      else server.entries.set(key, poison, 60_000);
    },
    async poisonVersion(tag, poison) {
      if (poison === 'wrong-type') server.versions.delete(tag);
      else server.versions.set(tag, poison, 60_000);
    },
    async evictVersion(tag) {
      server.versions.delete(tag);
    },
    versionLifeMs: async (_key, tag) => server.versions.remainingMs(tag),
    async changeIdentity() {
      server.changeIdentity();
    },
    async setFull(full) {
      server.full = full;
    },
    async setDown(down) {
      if (down) server.breakDown(new Error('down'));
      else server.recover();
    },
    silenceAfterMs: 3 * HEARTBEAT_MS,
    async cut() {
      second.bus.cut();
    },
    async mend() {
      second.bus.mend();
    },
    async loseNext() {
      second.bus.lose(1);
    },
    async mute(muted) {
      if (muted) second.bus.cut();
    },
    async close() {
      await Promise.all([first.close(), second.close()]);
    },
  };
}

describeStoreContract('The memory store', twoProcesses);
describeBusContract('The memory bus', twoProcesses);
