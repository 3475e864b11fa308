import { script } from './script.js';

/**
 * Ends a load that brought nothing, if the lease is the caller's own.
 *
 * KEYS: lease. ARGV: the lease's value (token and stamp), channel or '', wake-up message. Replies: 1 if somebody waits.
 */
export const RELEASE = script(`
local lease = redis.call('MGET', KEYS[1])[1]
if not lease or string.sub(lease, 1, -2) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if string.sub(lease, -1) ~= 'w' then return 0 end
if ARGV[2] ~= '' then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
return 1
`);

/**
 * Lengthens an own lease; never makes one.
 *
 * KEYS: lease. ARGV: the lease's value (token and stamp), ms. Replies: 1 if it is still the caller's own.
 */
export const RENEW = script(`
local lease = redis.call('MGET', KEYS[1])[1]
if not lease or string.sub(lease, 1, -2) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);
