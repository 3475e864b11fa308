import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withUpstream } from '../config/app.config.js';
import { readConfig } from '../config/config.reader.js';
import { ChainHeadReader } from './chain-head.reader.js';
import { SourceError } from './source.error.js';

describe('the head of a chain', () => {
  let node: Server;
  let reader: ChainHeadReader;
  let height = 100;
  let calls = 0;
  let broken = false;
  let gate: Promise<void> = Promise.resolve();

  beforeAll(async () => {
    node = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => void answer(JSON.parse(body) as { id: number }[]).then((text) => response.end(text)));
    });
    const answer = async (requests: readonly { id: number }[]): Promise<string> => {
      calls += 1;
      const result = `0x${height.toString(16)}`;
      await gate;
      return broken ? 'gone' : JSON.stringify([requests].flat().map(({ id }) => ({ jsonrpc: '2.0', id, result })));
    };
    await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  });

  beforeEach(() => {
    const { port } = node.address() as AddressInfo;
    reader = new ChainHeadReader(
      withUpstream(readConfig({}), {
        insight: { url: '', clientId: 'us', secretKey: undefined },
        bridgeUrl: '',
        evmChains: [{ id: 7, rpcUrl: `http://127.0.0.1:${port}/secret-key`, wsUrl: undefined }],
      }),
    );
    [height, calls, broken] = [100, 0, false];
  });

  afterAll(() => new Promise((resolve) => node.close(resolve)));

  it('is reached by itself and the block that comes next, by none above', async () => {
    expect(await reader.reaches(7, 100)).toBe(true);
    expect(await reader.reaches(7, 101)).toBe(true);
    expect(await reader.reaches(7, 102)).toBe(false);
  }, 20_000);

  it('is not asked for again while what is known suffices', async () => {
    expect(reader.known(7)).toBeUndefined();
    await reader.reaches(7, 50);
    await reader.reaches(7, 101);
    expect([calls, reader.known(7)]).toEqual([1, 100]);
  });

  it('is seen anew by who asks after a call began', async () => {
    let open = (): void => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const before = reader.reaches(7, 100);
    while (calls === 0) await new Promise(setImmediate);
    height = 200;
    const after = [reader.reaches(7, 201), reader.reaches(7, 201)];
    open();
    expect([await before, ...(await Promise.all(after)), calls]).toEqual([true, true, true, 2]);
  });

  it('cannot be told when the node is gone, and the node’s address stays unsaid', async () => {
    broken = true;
    const asked = reader.reaches(7, 1);
    await expect(asked).rejects.toThrow(SourceError);
    await expect(asked).rejects.not.toThrow('secret');
    broken = false;
    expect(await reader.reaches(7, 1)).toBe(true);
  });
});
