import type { AlertChanged } from './alert-changed.event.js';
import { OwnAlertClaims } from './alert.claims.js';
import type { AlertStatus } from './alert.monitor.js';
import { AlertPosts } from './alert.posts.js';
import { ALERT_NAMES, type AlertName } from './alert.rules.js';
import type { AlertWebhook } from './alert.webhook.js';

const statuses = (...firing: AlertName[]): AlertStatus[] =>
  ALERT_NAMES.map((alert) => ({
    alert,
    state: firing.includes(alert) ? 'firing' : 'ok',
    value: 1,
    threshold: 2,
    unit: 'ms',
    summary: alert,
    since: null,
  }));
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Delivery {
  readonly event: AlertChanged;
  readonly id: string;
  readonly isOld: () => boolean;
  /** Null: taken. */
  readonly end: (failure: string | null) => Promise<void>;
}

describe('what is posted of the alerts of one instance', () => {
  let deliveries: Delivery[];
  let lost: string[];
  let posts: AlertPosts;

  beforeEach(() => {
    deliveries = [];
    lost = [];
    const webhook: Pick<AlertWebhook, 'deliver' | 'stop'> = {
      deliver: (event, id, isOld) =>
        new Promise((resolve) => {
          const end = (failure: string | null): Promise<void> => {
            resolve(failure);
            return settled();
          };
          deliveries.push({ event, id, isOld: isOld!, end });
        }),
      stop: () => undefined,
    };
    const claims = new OwnAlertClaims(ALERT_NAMES);
    posts = new AlertPosts(claims, webhook as AlertWebhook, 'here', ({ alert }, reason) =>
      lost.push(`${alert}: ${reason}`),
    );
  });
  const told = (): string[] => deliveries.map(({ event }) => `${event.alert} ${event.state}`);

  it('is each state once: nothing twice, and no end of what was never told', async () => {
    await posts.look(statuses());
    await posts.look(statuses('high-memory'));
    await deliveries[0]!.end(null);
    for (let look = 0; look < 5; look += 1) await posts.look(statuses('high-memory'));
    await posts.look(statuses());
    await deliveries[1]!.end(null);
    await posts.look(statuses());
    expect(told()).toEqual(['high-memory firing', 'high-memory resolved']);
    expect(deliveries[0]!.event).toMatchObject({ instance: 'here', value: 1, threshold: 2, summary: 'high-memory' });
  });

  it('is told again after it was lost, under the same name, until it is taken', async () => {
    await posts.look(statuses('high-memory'));
    await deliveries[0]!.end('TimeoutError');
    await posts.look(statuses('high-memory'));
    await deliveries[1]!.end(null);
    await posts.look(statuses('high-memory'));
    expect(deliveries.map(({ id }) => id)).toEqual([deliveries[0]!.id, deliveries[0]!.id]);
    expect(lost).toEqual(['high-memory: TimeoutError']);
  });

  it('waits for no receiver that hangs: looks go on, one delivery an alert is under way, and others are told', async () => {
    for (let look = 0; look < 10; look += 1) await posts.look(statuses('high-memory'));
    await posts.look(statuses('high-memory', 'connection-lost'));
    expect(told()).toEqual(['high-memory firing', 'connection-lost firing']);
  });

  it('is not repeated when it is over before anybody took it', async () => {
    await posts.look(statuses('high-memory'));
    expect(deliveries[0]!.isOld()).toBe(false);
    await posts.look(statuses());
    expect(deliveries[0]!.isOld()).toBe(true);
    await deliveries[0]!.end('replaced by newer news');
    await posts.look(statuses());
    expect(told()).toEqual(['high-memory firing']);
  });

  it('is nothing more once the instance stops', async () => {
    posts.stop();
    await posts.look(statuses('high-memory'));
    expect(deliveries).toEqual([]);
  });
});
