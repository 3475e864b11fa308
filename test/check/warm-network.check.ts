import { WarmingFleet } from '../e2e/warming.fleet.js';

const MINUTES = 6;
const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

/** `npm run check:warm-network`: six minutes of reads of what lives for 60 s and is warmed every 5 min. */
it(
  'network stats under steady reads are never cold',
  async () => {
    const fleet = await WarmingFleet.start(2, {});
    try {
      const [one, other] = fleet.instances;
      while ((await fetch(`${one!.url}/health/startup`)).status !== 200) await pause(50);
      await fleet.leader();
      await pause(1_000);
      const tiers: Record<string, number> = {};
      const end = performance.now() + MINUTES * 60_000;
      for (let turn = 0; performance.now() < end; turn += 1) {
        const { url } = turn % 2 === 0 ? one! : other!;
        const answer = await fetch(`${url}/api/network/stats`);
        const tier = answer.headers.get('x-cache') ?? String(answer.status);
        tiers[tier] = (tiers[tier] ?? 0) + 1;
        await answer.arrayBuffer();
        await pause(250);
      }
      process.stdout.write(`answers by tier: ${JSON.stringify(tiers)}\n`);
      expect(Object.keys(tiers).toSorted()).toEqual(['L1', 'L2']);
    } finally {
      await fleet.stop();
    }
  },
  MINUTES * 60_000 + 90_000,
);
