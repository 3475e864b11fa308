/** USD is counted in millionths. */
const USD_DECIMALS = 6;
const USD_SCALE = 10n ** BigInt(USD_DECIMALS);

/** A number that JSON carried, as plain digits: `5e-7` is `0.0000005`. Null for what is no price. */
export function priceOf(value: number | null): string | null {
  if (value === null || !Number.isFinite(value) || value <= 0) return null;
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  if (shift < 0) return `0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
  return `${whole}${fraction}`.padEnd(whole.length + shift, '0');
}

/** What `balance` units are worth in millionths of a USD, rounded down. Integers throughout: no digit is lost. */
export function valueMicroUsd(balance: bigint, decimals: number, price: string): bigint {
  const [whole = '', fraction = ''] = price.split('.');
  const units = BigInt(whole + fraction);
  return (balance * units * USD_SCALE) / 10n ** BigInt(decimals + fraction.length);
}

/** `123456789n` millionths are `'123.456789'`. */
export function formatMicroUsd(micro: bigint): string {
  return `${micro / USD_SCALE}.${String(micro % USD_SCALE).padStart(USD_DECIMALS, '0')}`;
}

/** Millionths of a plain decimal with at most 6 decimals. @throws SyntaxError for anything else */
export function parseMicroUsd(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(USD_DECIMALS, '0'));
}

/** In whole tokens, without trailing zeros: `1500000n` with 6 decimals is `'1.5'`. */
export function formatUnits(balance: bigint, decimals: number): string {
  if (decimals === 0) return balance.toString();
  const digits = balance.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
