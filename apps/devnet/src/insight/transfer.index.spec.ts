import { getV1Tokens } from '@thirdweb-dev/insight';
import { type Address, encodeDeployData, getContractAddress, type Hex } from 'viem';
import { artifact } from '../chain/contract.artifacts.js';
import { JsonRpcClient, type RpcCall } from '../chain/json-rpc.client.js';
import { type Devnet, startDevnet } from '../devnet.js';
import { TransferIndex } from './transfer.index.js';

jest.setTimeout(20_000);

describe('following the chain', () => {
  let devnet: Devnet;
  let rpc: JsonRpcClient;
  let alice: Address;
  let carol: Address;

  beforeAll(async () => {
    devnet = await startDevnet({ tokens: 4 });
    rpc = new JsonRpcClient(devnet.evm.rpcUrl);
    [alice, carol] = [devnet.wallets[0].address, devnet.wallets[2].address];
  });
  afterAll(() => devnet.stop());

  it('reads again what a replaced block held: another contract at the same address, for another wallet', async () => {
    const nonce = BigInt(await rpc.call<Hex>('eth_getTransactionCount', alice, 'latest'));
    const address = getContractAddress({ from: alice, nonce }).toLowerCase();
    const create = async (name: string, holder: Address): Promise<void> => {
      const data = encodeDeployData({ ...artifact('PlainToken'), args: [name, name, 18, 1000n, holder] });
      await rpc.call('eth_sendTransaction', { from: alice, data });
    };
    const rowsOf = async (wallet: Address) => {
      const { data } = await getV1Tokens({
        baseUrl: devnet.insight.url,
        headers: { 'x-client-id': devnet.insight.clientId },
        query: { chain_id: [31337], owner_address: [wallet], metadata: 'true', token_address: [address] },
      });
      return data!.data.map(({ name }) => name);
    };

    const snapshot = await rpc.call('evm_snapshot');
    await create('First', alice);
    expect([await rowsOf(alice), await rowsOf(carol)]).toEqual([['First'], []]);
    await rpc.call('evm_revert', snapshot);
    await create('Second', carol);
    expect([await rowsOf(alice), await rowsOf(carol)]).toEqual([[], ['Second']]);
  });

  it('never lets a caller join a look at the head that began before it', async () => {
    const slow = new HeldRpc(devnet.evm.rpcUrl);
    const index = new TransferIndex(slow);
    const early = index.catchUp();
    await slow.answered;
    const transfer = { token: devnet.evm.stable, from: alice, to: carol, amount: 1n };
    const { blockNumber } = await devnet.control.chain().transfer(transfer);
    const late = index.catchUp();
    slow.release();
    expect((await early).number).toBe(blockNumber - 1);
    expect((await late).number).toBe(blockNumber);
    expect(index.tokensOf(carol)).toContain(transfer.token.toLowerCase());
  });

  it('goes on after the node could not be asked', async () => {
    const index = new TransferIndex(new FlakyRpc(devnet.evm.rpcUrl));
    await expect(index.catchUp()).rejects.toThrow('not this time');
    expect((await index.catchUp()).number).toBe(await devnet.control.chain().blockNumber());
  });
});

/** The real node, whose first answer is kept back until it is released. */
class HeldRpc extends JsonRpcClient {
  release!: () => void;
  answered: Promise<void>;
  private readonly released = new Promise<void>((resolve) => (this.release = resolve));
  private markAnswered!: () => void;

  constructor(url: string) {
    super(url);
    this.answered = new Promise((resolve) => (this.markAnswered = resolve));
  }

  override async batch(calls: readonly RpcCall[]): Promise<unknown[]> {
    const answer = await super.batch(calls);
    this.markAnswered();
    await this.released;
    return answer;
  }
}

/** The real node, which fails the first time. */
class FlakyRpc extends JsonRpcClient {
  private failed = false;

  override async batch(calls: readonly RpcCall[]): Promise<unknown[]> {
    if (this.failed) return super.batch(calls);
    this.failed = true;
    throw new Error('not this time');
  }
}
