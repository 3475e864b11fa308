/**
 * The Retry-After header in ms: seconds or an HTTP date (RFC 9110, 10.2.3). Undefined when it is absent or neither.
 * @param nowMs the wall clock, which a date is measured against
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  // Date.parse takes nearly anything for a date; one of HTTP begins with the day's name.
  const date = /^[A-Z][a-z]+,? /.test(header.trim()) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
