const usd = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const wholeUsd = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 });
const amount = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });
const cents = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });

/** `$1,234.56`; what is worth less than a cent, and more than nothing, is `< $0.01`. */
export function formatUsd(value: number | string): string {
  const number = Number(value);
  if (number > 0 && number < 0.01) return '< $0.01';
  return number >= 1_000_000 ? wholeUsd.format(number) : usd.format(number);
}

/** A price may be far below a cent. */
export function formatPrice(price: string): string {
  const number = Number(price);
  return number >= 0.01 ? usd.format(number) : `$${number.toPrecision(3)}`;
}

/** Whole tokens, short: `12,345.7`, `1.606E60` becomes `1.61e+60`. */
export function formatAmount(text: string): string {
  const number = Number(text);
  if (number >= 1e15) return number.toExponential(2);
  if (number > 0 && number < 0.000001) return '< 0.000001';
  return number >= 1e9 ? compact.format(number) : (number >= 1_000 ? cents : amount).format(number);
}

/** The smallest unit's digits as whole tokens. */
export function unitsToText(units: string, decimals: number): string {
  const digits = units.padStart(decimals + 1, '0');
  const fraction = decimals === 0 ? '' : digits.slice(-decimals).replace(/0+$/, '');
  const whole = decimals === 0 ? digits : digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

export function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}

/** `12 s`, `4 min`, `2 h` */
export function formatAge(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`;
}
