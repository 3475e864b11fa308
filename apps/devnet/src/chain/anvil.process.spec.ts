import { findAnvil } from './anvil.binary.js';
import { startAnvil } from './anvil.process.js';
import { JsonRpcClient } from './json-rpc.client.js';
import { newMnemonic } from './wallet.keys.js';

const options = { chainId: 31337, mnemonic: newMnemonic(), accounts: 1, port: 0 };

jest.setTimeout(20_000);

describe('the node', () => {
  it('is missing by name where npm has none for the platform', () => {
    expect(() => findAnvil('sunos', 'sparc')).toThrow('@foundry-rs/anvil-sunos-sparc is not installed');
  });

  it('answers when it has started, and is gone when it has stopped', async () => {
    const node = await startAnvil(options);
    expect(await new JsonRpcClient(node.rpcUrl).call('eth_chainId')).toBe('0x7a69');
    await node.stop();
    await node.stop();
    expect(() => process.kill(node.pid, 0)).toThrow('ESRCH');
  });

  it('tells why it cannot start', async () => {
    const first = await startAnvil(options);
    const port = Number(new URL(first.rpcUrl).port);
    await expect(startAnvil({ ...options, port })).rejects.toThrow(/anvil ended .*in use/is);
    await first.stop();
  });

  it('tells that it ended when somebody else ended it', async () => {
    const node = await startAnvil(options);
    process.kill(node.pid, 'SIGKILL');
    await expect(node.exited).resolves.toBeUndefined();
    await node.stop();
  });
});
