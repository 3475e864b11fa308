import { RestingStorage } from '@chaincache/cache';

/** For whom work is done: set at the edge for each request, read wherever that request leads. */
export interface ClientContext {
  /** The client's address, as trusted proxies tell it; IPv6 by its /64, which one client owns whole. */
  readonly client: string;
  readonly requestId: string;
  /** It asks for what is cached: a load that its hit sets off in the background is not its own. */
  readonly asksForHit?: boolean;
}

export const clientContext = new RestingStorage<ClientContext>();

/** The name under which an address is limited. */
export function clientOf(ip: string): string {
  if (ip.startsWith('::ffff:') && ip.includes('.')) return ip.slice('::ffff:'.length);
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.split('%')[0]!.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  return `${[...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4).join(':')}::/64`;
}
