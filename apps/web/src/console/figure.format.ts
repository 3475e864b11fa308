const NOTHING = '–';
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A rate that is in percent already. Near its ends a digit more, so that 99.97 does not read as perfect. */
export function percent(rate: number | null | undefined): string {
  if (rate == null) return NOTHING;
  if (rate === 0 || rate === 100) return `${rate}%`;
  return `${rate >= 99 ? Math.min(rate, 99.99).toFixed(2) : rate.toFixed(1)}%`;
}

export function count(value: number): string {
  return value < 10_000 ? whole.format(value) : compact.format(value).toLowerCase();
}

export function perSecond(value: number): string {
  return value < 10 ? value.toFixed(1) : count(value);
}

/** Latencies: three digits are enough to compare them. */
export function latency(ms: number | null | undefined): string {
  if (ms == null) return NOTHING;
  if (ms < 1) return `${digits(ms * 1_000)} µs`;
  if (ms < 1_000) return `${digits(ms)} ms`;
  return `${digits(ms / 1_000)} s`;
}

/** For axes: no more digits than it takes. */
export function shortLatency(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 1) return `${round(ms * 1_000)} µs`;
  return ms < 1_000 ? `${round(ms)} ms` : `${round(ms / 1_000)} s`;
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let left = value;
  while (left >= 1_024 && unit < units.length - 1) {
    left /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? left : digits(left)} ${units[unit]}`;
}

/** Ages and lives: `4 min 05 s`. What is short has a tenth, unless it comes in whole seconds. */
export function duration(ms: number | null | undefined): string {
  if (ms == null || !Number.isFinite(ms)) return NOTHING;
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const pad = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${pad((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${pad((seconds % 86_400) / 3_600)} h`;
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
