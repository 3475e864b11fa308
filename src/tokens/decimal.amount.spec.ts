import fc from 'fast-check';
import { formatUnits as viemFormatUnits } from 'viem';
import { formatMicroUsd, formatUnits, parseMicroUsd, priceOf, valueMicroUsd } from './decimal.amount.js';

describe('amounts', () => {
  it.each([
    [1, '1'],
    [64250.12, '64250.12'],
    [0.1, '0.1'],
    [5e-7, '0.0000005'],
    [1.25e-9, '0.00000000125'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
    [0, null],
    [-1, null],
    [null, null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
  ])('the price %j is %j', (number, text) => {
    expect(priceOf(number)).toBe(text);
  });

  it('lose no digit of a price', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e24, noNaN: true }), (number) => {
        const text = priceOf(number)!;
        expect(text).toMatch(/^\d+(\.\d+)?$/);
        expect(Number(text)).toBe(number);
      }),
    );
  });

  it.each([
    ['a raw unit of 18 decimals', 1n, 18, '1', 0n],
    ['a third of a cent', 3_333n, 6, '1', 3_333n],
    ['2^200 of a token without decimals', 2n ** 200n, 0, '0.000001', 2n ** 200n],
    ['a price of nine digits', 1_000_000_000_000_000_000n, 18, '0.123456789', 123_456n],
    ['255 decimals', 10n ** 255n, 255, '2', 2_000_000n],
  ])('value %s exactly, rounded down', (_what, balance, decimals, price, micro) => {
    expect(valueMicroUsd(balance, decimals, price)).toBe(micro);
  });

  it('are written as they are read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), (micro) => {
        expect(parseMicroUsd(formatMicroUsd(micro))).toBe(micro);
      }),
    );
    expect([formatMicroUsd(0n), formatMicroUsd(1n), formatMicroUsd(1_500_000n)]).toEqual([
      '0.000000',
      '0.000001',
      '1.500000',
    ]);
    expect([parseMicroUsd('0.01'), parseMicroUsd('7')]).toEqual([10_000n, 7_000_000n]);
  });

  it('in whole tokens agree with viem', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), fc.integer({ min: 0, max: 255 }), (balance, decimals) => {
        expect(formatUnits(balance, decimals)).toBe(viemFormatUnits(balance, decimals));
      }),
    );
  });
});
