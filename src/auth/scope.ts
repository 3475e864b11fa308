/** What an API key may be allowed to do; only an admin grants these. */
export const SCOPES = [
  'users:write',
  'miners:write',
  'credits:write',
  'events:write',
  'cache:read',
  'cache:invalidate',
  'cache:admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Who asks, and what they may do. */
export interface Principal {
  /** For logs: never a key, never a wallet. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}
