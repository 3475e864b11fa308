import { Comet38Client, connectComet, isComet38Client, pubkeyToRawAddress } from '@cosmjs/tendermint-rpc';
import { encodeTx } from './tx.execution.js';
import { startR3mesChain, type R3mesChain } from './r3mes.chain.js';
import { devnetWallet } from './wallet.derivation.js';

// The chain as the client of the Cosmos world sees it, over HTTP. What it makes of subscriptions is tested with the
// watcher's own WebSocket client: cosmjs's goes on reconnecting after it was told to disconnect.

const wallet = devnetWallet('user/1');
let chain: R3mesChain;
let client: Comet38Client;
beforeEach(async () => {
  chain = await startR3mesChain({ blockInterval: 'manual', chainId: 'cosmjs-1' });
  client = await Comet38Client.connect(chain.rpcUrl);
});
afterEach(() => chain.stop());

it('connectComet finds a CometBFT 0.38 node over HTTP', async () => {
  const found = await connectComet(chain.rpcUrl);
  expect(isComet38Client(found)).toBe(true);
});

it('status, block, blockchain, results, commit, validators and genesis decode', async () => {
  chain.control.submit([{ kind: 'change-credits', wallet, amount: '3' }]);
  chain.control.produceBlock(3);
  const { nodeInfo, syncInfo, validatorInfo } = await client.status();
  expect([nodeInfo.network, syncInfo.latestBlockHeight, syncInfo.catchingUp]).toEqual(['cosmjs-1', 4, false]);
  expect(pubkeyToRawAddress('ed25519', validatorInfo.pubkey!.data)).toEqual(validatorInfo.address);
  const { block, blockId } = await client.block(2);
  expect(block.header.lastBlockId).toEqual((await client.block(1)).blockId);
  expect(block.txs).toHaveLength(1);
  const { blockMetas, lastHeight } = await client.blockchain(1, 4);
  expect(lastHeight).toBe(4);
  expect(blockMetas.map((meta) => meta.header.height)).toEqual([4, 3, 2, 1]);
  expect(blockMetas[2]!.blockId).toEqual(blockId);
  const { results, finalizeBlockEvents } = await client.blockResults(2);
  expect(results[0]!.events.some((event) => event.type === 'remes.credits_changed')).toBe(true);
  expect(finalizeBlockEvents[0]!.type).toBe('remes.block_mined');
  const { commit, header } = await client.commit(2);
  expect([commit.height, commit.signatures.length, header.height]).toEqual([2, 4, 2]);
  const { validators, total } = await client.validators({ height: 2 });
  expect([validators.length, total]).toEqual([4, 4]);
  expect((await client.genesis()).chainId).toBe('cosmjs-1');
  expect((await client.abciInfo()).lastBlockHeight).toBe(4);
});

it('a broadcast transaction is found by hash and by what its events say', async () => {
  const tx = encodeTx([{ kind: 'transfer', from: wallet, to: devnetWallet('user/2'), amount: '12' }]);
  const { code, hash } = await client.broadcastTxSync({ tx });
  expect(code).toBe(0);
  chain.control.produceBlock();
  expect((await client.tx({ hash, prove: true })).height).toBe(2);
  const { txs, totalCount } = await client.txSearch({ query: `transfer.sender='${wallet}'` });
  expect(totalCount).toBe(1);
  expect(txs[0]!.hash).toEqual(hash);
  expect((await client.txSearchAll({ query: 'tx.height=1' })).txs).toEqual([]);
});
