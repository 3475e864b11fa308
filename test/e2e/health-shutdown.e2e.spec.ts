import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { databaseForSpec } from './database-for-spec.js';
import { type MainProcess, startMain } from './main.process.js';

const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

interface Traffic {
  answered: number;
  readonly dropped: string[];
}

/** One answer over a kept-alive connection; rejects where there is none. */
function ask(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode!));
      answer.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

describe('SIGTERM under traffic', () => {
  let running: MainProcess | undefined;
  const agent = new Agent({ keepAlive: true });

  afterEach(async () => {
    agent.destroy();
    await running?.remove();
  });

  it('first ends readiness, answers all that still comes, and ends by itself: no request is dropped', async () => {
    running = await startMain({
      PORT: '0',
      LOG_LEVEL: 'warn',
      SHUTDOWN_DELAY: '3s',
      DATABASE_URL: await databaseForSpec(),
      THIRDWEB_CLIENT_ID: 'none',
      INSIGHT_URL: 'http://127.0.0.1:9',
      EVM_CHAINS: '31337=http://127.0.0.1:9',
    });
    const url = await running.ready;
    // What browsers and balancers open ahead and never use: nobody waits for a request on it.
    const unused = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    // What a load balancer does: it looks at readiness, and sends requests while that is good.
    let isReady = true;
    const readiness: number[] = [];
    const balancer = (async () => {
      while (isReady) {
        readiness.push(await ask(agent, `${url}/health/ready`));
        isReady = readiness.at(-1) === 200;
        await pause(50);
      }
    })();
    const traffic: Traffic = { answered: 0, dropped: [] };
    const clients = Array.from({ length: 20 }, async () => {
      while (isReady) {
        try {
          const status = await ask(agent, `${url}/api/network/stats`);
          if (status === 200) traffic.answered += 1;
          else traffic.dropped.push(String(status));
        } catch (error) {
          traffic.dropped.push(String(error));
        }
      }
    });
    while (traffic.answered < 500) await pause(10);
    running.child.kill('SIGTERM');
    await balancer;
    // A request that was on its way when readiness ended is answered as any other.
    expect(await ask(agent, `${url}/api/network/stats`)).toBe(200);
    await Promise.all(clients);
    expect(traffic.dropped).toEqual([]);
    expect(readiness.at(-1)).toBe(503);
    expect(await running.ended).toBe(0);
    unused.destroy();
    expect(running.errors()).not.toContain('error');
  }, 60_000);
});
