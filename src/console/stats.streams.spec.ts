import { PassThrough } from 'node:stream';
import type { ServerResponse } from 'node:http';
import type { Principal, Scope } from '../auth/index.js';
import { StatsStreams } from './stats.streams.js';

function reader(...scopes: Scope[]): () => Promise<Principal> {
  return () => Promise.resolve({ name: 'somebody', scopes: new Set(scopes) });
}

/** What is written can be read again. */
function answer(): { response: ServerResponse; text: () => string; stream: PassThrough } {
  const stream = new PassThrough();
  return { response: stream as unknown as ServerResponse, text: () => String(stream.read() ?? ''), stream };
}

describe('streams of figures', () => {
  it('are rendered once for all who may see the same', async () => {
    const streams = new StatsStreams();
    const [one, two, admin] = [answer(), answer(), answer()];
    streams.open('client', one.response, reader('cache:read'));
    streams.open('client', two.response, reader('cache:read'));
    streams.open('client', admin.response, reader('cache:read', 'cache:admin'));
    const rendered: boolean[] = [];
    await streams.tell((showKeys) => {
      rendered.push(showKeys);
      return Promise.resolve(JSON.stringify({ showKeys }));
    });
    expect(rendered).toEqual([false, true]);
    expect(one.text()).toBe('event: stats\ndata: {"showKeys":false}\n\n');
    expect(two.text()).toBe('event: stats\ndata: {"showKeys":false}\n\n');
    expect(admin.text()).toBe('event: stats\ndata: {"showKeys":true}\n\n');
  });

  it('end, and only they, when their credential is no longer good', async () => {
    const streams = new StatsStreams();
    const [revoked, good] = [answer(), answer()];
    streams.open('client', revoked.response, () => Promise.reject(new Error('revoked')));
    streams.open('client', good.response, reader('cache:read'));
    await streams.tell(() => Promise.resolve('{}'));
    expect(revoked.stream.writableEnded).toBe(true);
    expect(revoked.text()).toBe('');
    expect(good.stream.writableEnded).toBe(false);
  });

  it('are bounded in all and for each client, and those that ended do not count', async () => {
    const streams = new StatsStreams({ streams: 3, perClient: 2 });
    const [first] = [answer(), answer()].map((one) => {
      streams.open('one', one.response, reader('cache:read'));
      return one;
    });
    expect(streams.admits('one')).toBe(false);
    expect(streams.admits('another')).toBe(true);
    streams.open('another', answer().response, reader('cache:read'));
    expect(streams.admits('third')).toBe(false);
    const closed = new Promise((resolve) => first!.stream.once('close', resolve));
    first!.stream.destroy();
    await closed;
    expect(streams.admits('one')).toBe(true);
  });

  it('do not remember who left before theirs was opened', async () => {
    const streams = new StatsStreams();
    const { response, stream } = answer();
    stream.destroy();
    streams.open('client', response, reader('cache:read'));
    expect(streams.size).toBe(0);
  });

  it('let go of a reader that does not read', async () => {
    const streams = new StatsStreams();
    const { response, stream } = answer();
    streams.open('client', response, reader('cache:read'));
    const much = JSON.stringify('x'.repeat(300_000));
    for (let count = 0; count < 3; count += 1) await streams.tell(() => Promise.resolve(much));
    expect(stream.destroyed).toBe(true);
  });

  it('all end when they are closed, and no further one is admitted', () => {
    const streams = new StatsStreams();
    const { response, stream } = answer();
    streams.open('client', response, reader('cache:read'));
    streams.close();
    expect(stream.writableEnded).toBe(true);
    expect(streams.admits('client')).toBe(false);
  });
});
