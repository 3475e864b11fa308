import { pause, WarmingFleet } from './warming.fleet.js';

describe('the leader of three instances', () => {
  let fleet: WarmingFleet;

  beforeAll(async () => {
    fleet = await WarmingFleet.start(3, { WARM_LEASE: '1s' });
  }, 60_000);

  afterAll(() => fleet?.stop());

  it('is one, and alone reads the chain for all', async () => {
    const leader = await fleet.leader();
    const others = fleet.instances.filter((instance) => instance !== leader);
    for (const other of others) expect((await other.warming()).leads).toBe(false);
    const sinceMs = performance.now();
    await pause(11_000);
    const loads = await fleet.heightLoads(sinceMs);
    expect([1, 2]).toContain(loads.length);
    for (const other of others) expect((await other.warming()).leads).toBe(false);
  }, 30_000);

  it('that is paused is followed by another, and when it goes on it neither leads nor loads', async () => {
    const paused = await fleet.leader();
    const { fence } = await paused.warming();
    paused.signal('SIGSTOP');
    const others = fleet.instances.filter((instance) => instance !== paused);
    const next = await fleet.leader(others);
    expect((await next.warming()).fence).toBeGreaterThan(fence!);
    await pause(1_000);
    const before = (await next.warming()).fence;
    const sinceMs = performance.now();
    paused.signal('SIGCONT');
    expect((await paused.warming()).leads).toBe(false);
    expect((await next.warming()).fence).toBe(before);
    expect((await fleet.heightLoads(sinceMs)).length).toBeLessThanOrEqual(1);
  }, 30_000);

  it('that is killed is followed by another', async () => {
    const killed = await fleet.leader();
    const { fence } = await killed.warming();
    killed.signal('SIGKILL');
    const next = await fleet.leader(fleet.instances.filter((instance) => instance !== killed));
    expect((await next.warming()).fence).toBeGreaterThan(fence!);
  }, 30_000);
});
