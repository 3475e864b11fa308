import { getEventListeners, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withDeadline } from './source.deadline.js';

/** Longer than any of these tests may take. */
const NEVER_MS = 60_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('an upstream that takes requests and answers none', () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is given up when the time is over, whatever the garbage collector takes meanwhile', async () => {
    const collecting = setInterval(collectGarbage, 10);
    try {
      const call = withDeadline({ withinMs: 200, signal: new AbortController().signal }, (signal) =>
        fetch(url, { signal }),
      );
      await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    } finally {
      clearInterval(collecting);
    }
  });

  it('is given up with whoever asked, and for the same reason', async () => {
    const asking = new AbortController();
    const call = withDeadline({ withinMs: NEVER_MS, signal: asking.signal }, (signal) => fetch(url, { signal }));
    asking.abort(new Error('nobody waits any more'));
    await expect(call).rejects.toThrow('nobody waits any more');
    const late = withDeadline({ withinMs: NEVER_MS, signal: asking.signal }, (signal) => fetch(url, { signal }));
    await expect(late).rejects.toThrow('nobody waits any more');
  });

  it('is not waited for by what a failed call left behind', async () => {
    let other: Promise<unknown> | undefined;
    const call = withDeadline({ withinMs: NEVER_MS }, async (signal) => {
      other = fetch(url, { signal });
      other.catch(() => undefined);
      throw new Error('the first of two failed');
    });
    await expect(call).rejects.toThrow('the first of two failed');
    await expect(other).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a call that is over in time', () => {
  it('leaves neither a timer nor a listener', async () => {
    const { signal } = new AbortController();
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const failing = withDeadline({ withinMs: NEVER_MS, signal }, () => Promise.reject(new Error('refused')));
    await expect(failing).rejects.toThrow('refused');
    expect(await withDeadline({ withinMs: NEVER_MS, signal }, async () => 'answer')).toBe('answer');
    expect(timers()).toBe(before);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
