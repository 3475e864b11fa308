/** What an API key may be allowed to do; only an admin grants these. */
export const SCOPES = [
  'users:write',
  'miners:write',
  'credits:write',
  'events:write',
  'cache:read',
  'cache:invalidate',
  'cache:admin',
  /** Makes, sees and revokes anybody's API keys, and grants them scopes. */
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Who asks, and what they may do. */
export interface Principal {
  /** For logs: never a key, never a wallet. The same for every request of one credential's holder. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Whose own data it may change; absent: nobody's. */
  readonly owner?: {
    /** In key form. */
    readonly wallet: string;
    /** `session`: the owner signed in. `key`: an API key of theirs, which cannot make further keys. */
    readonly via: 'session' | 'key';
  };
}

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
