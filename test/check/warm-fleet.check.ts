import { type Instance, pause, WarmingFleet } from '../e2e/warming.fleet.js';

const LEASE_MS = 5_000;
const gapsOf = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - times[index]!);

/** `npm run check:warm-fleet`: two minutes of rounds at 10 s by three processes, then their leader paused, then killed. */
describe('three instances that warm the height every 10 s', () => {
  let fleet: WarmingFleet;
  beforeAll(async () => {
    fleet = await WarmingFleet.start(3, { WARM_LEASE: `${LEASE_MS}ms` });
  }, 60_000);
  afterAll(() => fleet?.stop(), 30_000);

  /** @returns how long it took until another led, ms */
  async function handOver(signal: 'SIGSTOP' | 'SIGKILL', among: readonly Instance[]): Promise<number> {
    const leader = await fleet.leader(among);
    const since = performance.now();
    leader.signal(signal);
    await fleet.leader(among.filter((other) => other !== leader));
    return performance.now() - since;
  }

  it('read the chain once a round, for two minutes', async () => {
    await fleet.leader();
    await pause(10_000);
    const sinceMs = performance.now();
    await pause(120_000);
    const gaps = gapsOf(await fleet.heightLoads(sinceMs));
    process.stdout.write(`gaps between loads, s: ${gaps.map((gap) => (gap / 1_000).toFixed(1)).join(' ')}\n`);
    expect(gaps.length).toBeGreaterThanOrEqual(10);
    for (const gap of gaps) expect(gap).toBeGreaterThan(8_500);
    for (const gap of gaps) expect(gap).toBeLessThan(11_500);
  }, 150_000);

  it('have another leader within the lease and a second when one is paused, and load within 11 s and the lease', async () => {
    const leader = await fleet.leader();
    const tookMs = await handOver('SIGSTOP', fleet.instances);
    const sinceMs = performance.now();
    await pause(LEASE_MS + 11_000 - tookMs);
    process.stdout.write(`paused: another led after ${(tookMs / 1_000).toFixed(2)} s\n`);
    expect(tookMs).toBeLessThan(LEASE_MS + 1_000);
    expect((await fleet.heightLoads(sinceMs)).length).toBeGreaterThan(0);
    leader.signal('SIGCONT');
    await pause(12_000);
    expect((await leader.warming()).leads).toBe(false);
    for (const gap of gapsOf((await fleet.heightLoads()).slice(1))) expect(gap).toBeGreaterThan(1_000);
  }, 60_000);

  it('and the same when one is killed', async () => {
    const sinceMs = performance.now();
    const tookMs = await handOver('SIGKILL', fleet.instances);
    await pause(LEASE_MS + 11_000 - tookMs);
    process.stdout.write(`killed: another led after ${(tookMs / 1_000).toFixed(2)} s\n`);
    expect(tookMs).toBeLessThan(LEASE_MS + 1_000);
    expect((await fleet.heightLoads(sinceMs)).length).toBeGreaterThan(0);
  }, 60_000);
});
