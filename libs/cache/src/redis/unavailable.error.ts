import { CacheError } from '../errors.js';
import { ACL_COMMANDS } from './connection.options.js';

/** What every failure of Redis becomes: the caller is told that there is no second tier now, and why. */
export function unavailable(cause: unknown): CacheError {
  if (cause instanceof CacheError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CacheError('STORE_UNAVAILABLE', `Redis cannot be used: ${reason}`, { cause });
}

/** INFO is what identifies a server. Without it nothing may be believed after a failover, so there is no second tier. */
export function withoutPermission(cause: Error): CacheError {
  const hint = `allow its user +${ACL_COMMANDS.join(' +')}`;
  return new CacheError('STORE_UNAVAILABLE', `The cache cannot use this Redis (${cause.message}): ${hint}`, { cause });
}

export function notMaster(): CacheError {
  return new CacheError(
    'STORE_UNAVAILABLE',
    'This Redis is a replica or does not show its identity: the cache needs the master',
  );
}
