import { script } from './script.js';

/**
 * Removes an entry that was seen to be dead, unless another has been written in its place since.
 *
 * KEYS: entry. ARGV: how it began when it was seen. Replies: 1 if it was removed.
 */
export const UNLINK_DEAD = script(`
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])
`);
