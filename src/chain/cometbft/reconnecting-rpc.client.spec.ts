import { encodeTx, startR3mesChain, devnetR3mesWallet as devnetWallet, type R3mesChain } from '@chaincache/devnet';
import { ManualClock } from '@chaincache/cache/testing';
import { Comet38Client, type comet38 } from '@cosmjs/tendermint-rpc';
import { NodeUnreachableError, ReconnectingRpcClient, RpcResponseError, type ConnectionState } from './index.js';
import { hostOf, websocketUrl } from './rpc.address.js';

const wallet = devnetWallet('user/1');

let chain: R3mesChain;
let clock: ManualClock;
let states: ConnectionState[];
let rpc: ReconnectingRpcClient;
let client: Comet38Client;
let wake: () => void;

beforeEach(async () => {
  chain = await startR3mesChain({ blockInterval: 'manual' });
  clock = new ManualClock();
  states = [];
  wake = (): void => undefined;
  rpc = new ReconnectingRpcClient({
    url: chain.rpcUrl,
    clock,
    onConnection: (state) => {
      states.push(state);
      wake();
    },
  });
  client = Comet38Client.create(rpc);
});
afterEach(async () => {
  rpc.disconnect();
  await chain.stop();
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise<void>((resolve) => (wake = resolve));
}
const kinds = (): string[] => states.map(({ kind }) => kind);
const untilState = (kind: string, times = 1): Promise<void> =>
  until(() => kinds().filter((seen) => seen === kind).length === times);

/** What a request under way will fail with. */
function failureOf(request: Promise<unknown>): Promise<Error> {
  return request.then(
    () => new Error('It did not fail.'),
    (error: Error) => error,
  );
}

/** The values of a stream as they come. */
function collect<Value>(stream: { addListener(listener: object): void }): {
  values: Value[];
  errors: unknown[];
  isComplete: boolean;
} {
  const seen = { values: [] as Value[], errors: [] as unknown[], isComplete: false };
  stream.addListener({
    next: (value: Value) => {
      seen.values.push(value);
      wake();
    },
    error: (error: unknown) => {
      seen.errors.push(error);
      wake();
    },
    complete: () => (seen.isComplete = true),
  });
  return seen;
}

it('cosmjs decodes new blocks, headers and transactions that come through it', async () => {
  const blocks = collect<comet38.NewBlockEvent>(client.subscribeNewBlock());
  const headers = collect<comet38.NewBlockHeaderEvent>(client.subscribeNewBlockHeader());
  const txs = collect<comet38.TxEvent>(client.subscribeTx(`remes.credits_changed.wallet='${wallet}'`));
  await client.status();
  const { hash } = await client.broadcastTxSync({ tx: encodeTx([{ kind: 'change-credits', wallet, amount: '3' }]) });
  chain.control.submit([{ kind: 'change-credits', wallet: devnetWallet('user/2'), amount: '3' }]);
  chain.control.produceBlock();
  await until(() => txs.values.length > 0);
  expect(blocks.values.map(({ header, txs: bodies }) => [header.height, bodies.length])).toEqual([[2, 2]]);
  expect(headers.values.map(({ height }) => height)).toEqual([2]);
  expect(txs.values.map((tx) => [tx.height, tx.hash])).toEqual([[2, hash]]);
});

it('a request before there is a connection waits for it; a refusal carries the node’s words', async () => {
  expect((await client.status()).nodeInfo.network).toBe('r3mes-testnet-1');
  await expect(client.block(99)).rejects.toThrow(RpcResponseError);
  await expect(client.block(99)).rejects.toThrow(
    /refused block: height 99 must be less than or equal to .* 1 \(-32603\)/,
  );
});

it('after a cut, requests under way fail, subscriptions come back, and the pause is drawn at random', async () => {
  const headers = collect<comet38.NewBlockHeaderEvent>(client.subscribeNewBlockHeader());
  await client.status();
  chain.control.delay(60_000);
  const asked = failureOf(client.abciInfo());
  clock.queueRandom(0);
  chain.control.dropSockets();
  expect(await asked).toBeInstanceOf(NodeUnreachableError);
  await untilState('disconnected');
  expect(states.at(-1)).toMatchObject({ kind: 'disconnected', retryInMs: 125 });
  chain.control.clear();
  await clock.advance(125);
  await untilState('connected', 2);
  await client.status();
  chain.control.produceBlock();
  await until(() => headers.values.length > 0);
  expect(headers.values.map(({ height }) => height)).toEqual([2]);
});

it('pauses double while the node refuses, up to the longest, and begin anew after an answer', async () => {
  await client.status();
  clock.queueRandom(...Array<number>(10).fill(1));
  chain.control.refuse(true);
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    await untilState('disconnected', attempt);
    await clock.advance(10_000);
  }
  const pauses = states.flatMap((state) => (state.kind === 'disconnected' ? [state.retryInMs] : []));
  expect(pauses.slice(0, 8)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  chain.control.clear();
  await untilState('disconnected', 9);
  await clock.advance(10_000);
  await client.status();
  chain.control.dropSockets();
  await untilState('disconnected', 10);
  expect(states.at(-1)).toMatchObject({ retryInMs: 250 });
});

it('no answer in time fails the request and ends the connection', async () => {
  await client.status();
  chain.control.delay(60_000);
  const asked = failureOf(client.status());
  await clock.advance(5_000);
  expect((await asked).message).toBe('CometBFT did not answer within 5000 ms.');
  await untilState('disconnected');
  expect(states.at(-1)).toMatchObject({ reason: 'the node did not answer' });
});

it('no connection in time fails the request too', async () => {
  chain.control.refuse(true);
  await untilState('disconnected');
  const asked = failureOf(client.status());
  await clock.advance(5_000);
  expect((await asked).message).toBe('CometBFT could not be reached within 5000 ms.');
});

it('a subscription that the node refuses is an error of its stream alone', async () => {
  const malformed = collect(client.subscribeTx('what'));
  const headers = collect<comet38.NewBlockHeaderEvent>(client.subscribeNewBlockHeader());
  await until(() => malformed.errors.length > 0);
  expect(malformed.errors[0]).toBeInstanceOf(RpcResponseError);
  await client.status();
  chain.control.produceBlock();
  await until(() => headers.values.length > 0);
});

it('a second subscription of the same query is refused and leaves the first as it is', async () => {
  const first = collect<comet38.NewBlockHeaderEvent>(client.subscribeNewBlockHeader());
  const second = collect<comet38.NewBlockHeaderEvent>(client.subscribeNewBlockHeader());
  await until(() => second.errors.length > 0);
  await client.status();
  chain.control.produceBlock();
  await until(() => first.values.length > 0);
  expect(second.values).toEqual([]);
});

it('a stream without listeners is unsubscribed', async () => {
  const stream = client.subscribeNewBlockHeader();
  const listener = { next: () => undefined };
  stream.addListener(listener);
  await client.status();
  stream.removeListener(listener);
  // A stream stops a little after its last listener left. While it is subscribed, the node refuses the same query.
  let again = collect<comet38.NewBlockHeaderEvent>(client.subscribeNewBlockHeader());
  await client.status();
  while (again.errors.length > 0) {
    again = collect<comet38.NewBlockHeaderEvent>(client.subscribeNewBlockHeader());
    await client.status();
  }
  chain.control.produceBlock();
  await until(() => again.values.length > 0);
  expect(again.values.map(({ height }) => height)).toEqual([2]);
});

it('disconnect completes streams, fails requests and opens nothing again', async () => {
  const headers = collect(client.subscribeNewBlockHeader());
  await client.status();
  chain.control.delay(60_000);
  const asked = failureOf(client.status());
  rpc.disconnect();
  expect((await asked).message).toBe('The client was disconnected.');
  expect(headers.isComplete).toBe(true);
  await expect(client.status()).rejects.toThrow('The client was disconnected.');
  while (chain.control.state().sockets > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(clock.pendingTimers).toBe(0);
  expect(kinds()).toEqual(['connecting', 'connected']);
});

it.each([
  ['http://host:26657', 'ws://host:26657/websocket'],
  ['tcp://127.0.0.1:26657', 'ws://127.0.0.1:26657/websocket'],
  ['https://host/rpc/', 'wss://host/rpc/websocket'],
  ['ws://host:1/websocket', 'ws://host:1/websocket'],
  ['wss://user:secret@host/websocket?key=1', 'wss://user:secret@host/websocket?key=1'],
])('%s is asked at %s', (address, url) => {
  expect(websocketUrl(address)).toBe(url);
});

it('messages name a node by its host only', () => {
  expect(hostOf('https://user:secret@node.example:8443/key/websocket')).toBe('node.example:8443');
});
