import type { Principal } from './scope.js';

/** Knows one kind of credential. Each is asked in turn until one recognises it. */
export interface Authenticator {
  /** Whose credential this is; null when it is not one of this kind, or no longer valid. */
  authenticate(credential: string): Promise<Principal | null>;
}

/** The token under which all authenticators are provided, as an array. */
export const AUTHENTICATORS = Symbol('AUTHENTICATORS');
