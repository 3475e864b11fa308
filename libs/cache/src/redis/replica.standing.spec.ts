import { ManualClock } from '../../testing/manual.clock.js';
import { ReplicaStanding } from './replica.standing.js';

const info = (...lags: readonly number[]): string =>
  [
    'role:master',
    `connected_slaves:${lags.length}`,
    ...lags.map((lag, index) => `slave${index}:ip=10.0.0.${index},port=6379,state=online,offset=42,lag=${lag}`),
    'master_failover_state:no-failover',
    '',
  ].join('\r\n');

describe('the standing of a master', () => {
  let clock: ManualClock;
  let standing: ReplicaStanding;
  const isBelieved = (text: string, identity = 'first'): boolean => {
    try {
      standing.check(identity, text);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      return false;
    }
  };
  beforeEach(() => {
    clock = new ManualClock(1_000);
    standing = new ReplicaStanding(clock);
  });

  it('is good without any replica, and while it gains some', () => {
    for (const text of [info(), info(0), info(0, 1), info(1, 3)]) expect(isBelieved(text)).toBe(true);
  });

  it('is lost with a replica for as long as the sentinels may take to say why, however often it is asked', async () => {
    expect(isBelieved(info(0, 0))).toBe(true);
    expect(isBelieved(info(0))).toBe(false);
    await clock.advance(1_999);
    expect(isBelieved(info(0))).toBe(false);
    await clock.advance(1);
    expect(isBelieved(info(0))).toBe(true);
  });

  it('is lost with a replica that is silent, or copies everything anew', () => {
    expect(isBelieved(info(1))).toBe(true);
    expect(isBelieved(info(4))).toBe(false);
    standing = new ReplicaStanding(clock);
    expect(isBelieved(info(1))).toBe(true);
    expect(isBelieved(info(0).replace('online', 'wait_bgsave'))).toBe(false);
  });

  it('is not that of the master before', () => {
    expect(isBelieved(info(0))).toBe(true);
    expect(isBelieved(info(), 'promoted')).toBe(true);
  });
});
