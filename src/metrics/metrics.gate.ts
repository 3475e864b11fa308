import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a scraper may read /metrics: anybody, or who shows the token as a bearer. */
export function mayScrape(token: string | undefined, authorization: string | undefined): boolean {
  if (token === undefined) return true;
  const shown = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
