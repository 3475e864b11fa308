import { z } from 'zod';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

/** Where Redis is: one server, the sentinels that know the master, or some nodes of a Cluster. */
export type RedisPlace =
  | { readonly url: string }
  | ({
      readonly sentinels: readonly HostAndPort[];
      readonly name: string;
      readonly db?: number;
      readonly tls?: object;
    } & Credentials)
  | ({ readonly cluster: readonly HostAndPort[]; readonly tls?: object } & Credentials);

/** scheme, user and password, hosts, what follows the slash */
const SHAPE = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^?#]*))?$/;
const DEFAULT_PORTS = { sentinel: 26_379, cluster: 6_379 } as const;

/**
 * `redis://[user:password@]host[:port][/db]`; `redis+sentinel://[user:password@]host[:port],…/master[/db]`;
 * `redis+cluster://[user:password@]host[:port],…`. `rediss` instead of `redis` means TLS.
 */
export const redisPlace = z.string().transform((text, context): RedisPlace => {
  const place = placeOf(text);
  if (place !== null) return place;
  context.issues.push({ code: 'custom', message: 'not accepted', input: text });
  return z.NEVER;
});

function placeOf(text: string): RedisPlace | null {
  const [, scheme, kind, userinfo, hosts = '', path = ''] = SHAPE.exec(text) ?? [];
  if (scheme === undefined) return null;
  if (kind === undefined) return URL.canParse(text) && /^\d{0,4}$/.test(path) ? { url: text } : null;
  const topology = kind as keyof typeof DEFAULT_PORTS;
  const nodes = hosts.split(',').map((host) => hostAndPort(host, DEFAULT_PORTS[topology]));
  const credentials = credentialsOf(userinfo);
  if (credentials === null || !nodes.every((node) => node !== null)) return null;
  const shared = { ...credentials, ...(scheme === 'rediss' ? { tls: {} } : {}) };
  if (topology === 'cluster') return path === '' ? { ...shared, cluster: nodes } : null;
  const [, name, db] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(path) ?? [];
  if (name === undefined) return null;
  return { ...shared, sentinels: nodes, name, ...(db === undefined ? {} : { db: Number(db) }) };
}

function hostAndPort(text: string, defaultPort: number): HostAndPort | null {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? defaultPort : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? null : { host, port: number };
}

function credentialsOf(userinfo: string | undefined): Credentials | null {
  if (userinfo === undefined) return {};
  const colon = userinfo.indexOf(':');
  const [user, password] = colon === -1 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  try {
    return {
      ...(user === '' ? {} : { username: decodeURIComponent(user) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    };
  } catch {
    return null;
  }
}
