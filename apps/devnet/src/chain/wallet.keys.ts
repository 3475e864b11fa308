import { type Address, bytesToHex, type Hex } from 'viem';
import { english, generateMnemonic, mnemonicToAccount } from 'viem/accounts';

/** A wallet to try the devnet with. Its key is worth nothing anywhere else. */
export interface DevnetWallet {
  readonly name: 'alice' | 'bob' | 'carol';
  readonly holds: string;
  readonly address: Address;
  readonly privateKey: Hex;
}

export interface DevnetKeys {
  readonly mnemonic: string;
  readonly wallets: readonly [DevnetWallet, DevnetWallet, DevnetWallet];
  /** Owns the market. */
  readonly deployer: Address;
}

/** Accounts 0 to 2 of the mnemonic are the wallets, this one deploys. */
const DEPLOYER_INDEX = 3;
export const FUNDED_ACCOUNTS = DEPLOYER_INDEX + 1;

export function newMnemonic(): string {
  return generateMnemonic(english);
}

export function keysOf(mnemonic: string): DevnetKeys {
  const wallet = (index: number, name: DevnetWallet['name'], holds: string): DevnetWallet => {
    const account = mnemonicToAccount(mnemonic, { addressIndex: index });
    const key = account.getHdKey().privateKey;
    if (!key) throw new Error('The mnemonic gives no private key.');
    return { name, holds, address: account.address, privateKey: bytesToHex(key) };
  };
  return {
    mnemonic,
    wallets: [
      wallet(0, 'alice', 'every token, and coins for gas'),
      wallet(1, 'bob', 'a handful of tokens, and coins for gas'),
      wallet(2, 'carol', 'nothing at first'),
    ],
    deployer: mnemonicToAccount(mnemonic, { addressIndex: DEPLOYER_INDEX }).address,
  };
}
