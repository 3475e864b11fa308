import { createHash } from 'node:crypto';
import { bech32 } from '@scure/base';
import { getAddress, type Hex } from 'viem';
import { checksumAddress, evmAddressKey } from './evm-address.js';
import { r3mesAddressKey } from './r3mes-address.js';
import { walletOf } from './wallet.js';

const CHECKSUMMED = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

describe('an EVM address', () => {
  it.each([CHECKSUMMED, CHECKSUMMED.toLowerCase(), `0x${CHECKSUMMED.slice(2).toUpperCase()}`, `0x${'0'.repeat(40)}`])(
    'has one form in keys: %s',
    (text) => {
      expect(evmAddressKey(text)).toBe(text.toLowerCase());
    },
  );

  it.each([
    ['a wrong checksum', CHECKSUMMED.replace('F4ce', 'f4ce')],
    ['a Cyrillic а', CHECKSUMMED.replace('a', 'а')],
    ['a Greek ο for a zero', CHECKSUMMED.replace('0x', 'οx')],
    ['full-width digits', CHECKSUMMED.replace('9', '９')],
    ['white space', ` ${CHECKSUMMED}`],
    ['a line break', `${CHECKSUMMED}\n`],
    ['nothing', ''],
  ])('is not taken with %s', (_what, text) => {
    expect(evmAddressKey(text)).toBeNull();
  });
});

describe('an EVM address for people', () => {
  it('has the case that other wallets give it', () => {
    expect(checksumAddress(CHECKSUMMED.toLowerCase())).toBe(CHECKSUMMED);
    for (let seed = 0; seed < 200; seed += 1) {
      const address: Hex = `0x${createHash('sha256').update(String(seed)).digest('hex').slice(0, 40)}`;
      expect(checksumAddress(address)).toBe(getAddress(address));
      expect(evmAddressKey(getAddress(address))).toBe(address);
    }
  });
});

describe('an R3MES wallet', () => {
  const encode = (prefix: string, bytes: number): string =>
    bech32.encode(prefix, bech32.toWords(new Uint8Array(bytes).fill(7)), 100);

  it.each([20, 32])('of %i bytes has one form in keys', (bytes) => {
    const wallet = encode('remes', bytes);
    expect(r3mesAddressKey(wallet)).toBe(wallet);
    expect(r3mesAddressKey(wallet.toUpperCase())).toBe(wallet);
  });

  it.each([
    ['another prefix', encode('cosmos', 20)],
    ['another length', encode('remes', 21)],
    ['a wrong checksum', encode('remes', 20).replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'))],
    ['mixed case', encode('remes', 20).replace('remes', 'Remes')],
    ['65 characters', `${encode('remes', 32)}q`],
  ])('is not taken with %s', (_what, text) => {
    expect(r3mesAddressKey(text)).toBeNull();
  });
});

describe('a wallet of either kind', () => {
  it('names its tags and its main key', () => {
    const evm = walletOf(CHECKSUMMED)!;
    expect([evm.ref.key, evm.tags]).toEqual([
      `tokens:${CHECKSUMMED.toLowerCase()}`,
      [`wallet:${CHECKSUMMED.toLowerCase()}`],
    ]);
    const address = bech32.encode('remes', bech32.toWords(new Uint8Array(20)));
    const r3mes = walletOf(address)!;
    expect([r3mes.ref.key, r3mes.tags]).toEqual([`user:info:${address}`, [`user:${address}`, `miner:${address}`]]);
    expect(walletOf('bob')).toBeNull();
  });
});
