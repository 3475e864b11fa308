import { type Address, encodeFunctionData, erc20Abi, type Hex } from 'viem';

/**
 * Compiled (solc 0.8, cancun, optimizer with 1 run) from:
 *
 *     contract TetherLike {
 *       address constant TOKEN = address(0x7e74);
 *       fallback(bytes calldata data) external returns (bytes memory) {
 *         if (msg.sig == 0x095ea7b3) { // approve(address,uint256)
 *           (address spender, uint256 amount) = abi.decode(data[4:], (address, uint256));
 *           // allowance(address,address)
 *           (, bytes memory standing) = TOKEN.delegatecall(abi.encodeWithSelector(0xdd62ed3e, msg.sender, spender));
 *           require(amount == 0 || abi.decode(standing, (uint256)) == 0);
 *         }
 *         (bool done, bytes memory answer) = TOKEN.delegatecall(data);
 *         require(done);
 *         return answer;
 *       }
 *     }
 */
const TETHER_LIKE = [
  '608060405234801561000f575f5ffd5b505f3660606001600160e01b031983351663095ea7b360e01b03610113575f806100',
  '3c8460048188610189565b81019061004991906101b0565b604080513360248201526001600160a01b038416604480830191',
  '90915282518083039091018152606490910182526020810180516001600160e01b0316636eb1769f60e11b17905290519294',
  '509092505f91617e74916100a8916101e5565b5f60405180830381855af49150503d805f81146100e0576040519150601f19',
  '603f3d011682016040523d82523d5f602084013e6100e5565b606091505b5091505081158061010757508080602001905181',
  '019061010591906101fb565b155b61010f575f5ffd5b5050505b5f5f617e746001600160a01b031685856040516101319291',
  '90610212565b5f60405180830381855af49150503d805f8114610169576040519150601f19603f3d011682016040523d8252',
  '3d5f602084013e61016e565b606091505b50915091508161017c575f5ffd5b8051945060200192505050f35b5f5f85851115',
  '610197575f5ffd5b838611156101a3575f5ffd5b5050820193919092039150565b5f5f604083850312156101c1575f5ffd5b',
  '82356001600160a01b03811681146101d7575f5ffd5b946020939093013593505050565b5f82518060208501845e5f920191',
  '825250919050565b5f6020828403121561020b575f5ffd5b5051919050565b818382375f910190815291905056',
].join('');

export type NodeRpc = (method: string, ...params: unknown[]) => Promise<unknown>;

/** Talks to a devnet's node. @throws what the node answers */
export function nodeRpc(rpcUrl: string): NodeRpc {
  return async (method, ...params) => {
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (error) throw new Error(error.message);
    return result;
  };
}

/** Makes a devnet's token refuse, as Tether's does, to replace an allowance that is not zero. Balances stay. */
export async function makeTetherLike(rpc: NodeRpc, token: Address): Promise<void> {
  // The token's own code goes where the new one calls it: PUSH2 7e74, here with the end of the token's address.
  const place = token.slice(-4).toLowerCase();
  await rpc('anvil_setCode', `0x${place.padStart(40, '0')}`, await rpc('eth_getCode', token, 'latest'));
  await rpc('anvil_setCode', token, `0x${TETHER_LIKE.replaceAll('617e74', `61${place}`)}`);
}

/** Gives an allowance of one of the devnet's wallets, for whom the node signs. */
export async function approve(
  rpc: NodeRpc,
  token: Address,
  from: Address,
  spender: Address,
  amount: bigint,
): Promise<void> {
  const data: Hex = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, amount] });
  await rpc('eth_sendTransaction', { from, to: token, data, gas: '0x30d40' });
}
