import { script } from './script.js';

/**
 * A life that is longer than it was ever given: the server's clock was set back, and everything that expires would live
 * longer by as much. It begins anew.
 */
const CLAMP = `
local function remaining(key, life)
  local left = redis.call('PTTL', key)
  if left == -1 or left > life then
    redis.call('PEXPIRE', key, life)
    return life
  end
  return left
end
`;

/**
 * Takes the lease, or keeps it. Each tenure has a higher fence than all before.
 *
 * KEYS: leader, fence. ARGV: candidate, lease ms. Replies: {1, fence} to the leader, {0, remaining ms} to all others.
 */
export const CAMPAIGN = script(`${CLAMP}
local held = redis.call('GET', KEYS[1])
local mine = ARGV[1] .. ':'
if held and string.sub(held, 1, #mine) == mine then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {1, tonumber(string.sub(held, #mine + 1))}
end
if held then return {0, remaining(KEYS[1], tonumber(ARGV[2]))} end
local fence = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], mine .. fence, 'PX', ARGV[2])
return {1, fence}
`);

/** KEYS: leader. ARGV: holder. Replies: {1} if it was the holder's. */
export const RESIGN = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
redis.call('DEL', KEYS[1])
return {1}
`);

/**
 * Claims a round, for the present leader only.
 *
 * KEYS: leader, round. ARGV: holder, hold ms. Replies: {1}; {0, remaining ms} of the claim before; {-1} to who does not lead.
 */
export const BEGIN_ROUND = script(`${CLAMP}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {-1} end
if redis.call('EXISTS', KEYS[2]) == 1 then
  local left = remaining(KEYS[2], tonumber(ARGV[2]))
  if left > 0 then return {0, left} end
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {1}
`);

/**
 * Takes calls out of the minute. It begins with the first call and is the same for all.
 *
 * KEYS: calls. ARGV: calls of users, wanted, calls a minute, calls of warming a minute, length of the minute ms. Replies: {1} or {0}.
 */
export const TAKE_CALLS = script(`${CLAMP}
local users = redis.call('HINCRBY', KEYS[1], 'users', ARGV[1])
remaining(KEYS[1], tonumber(ARGV[5]))
local warming = tonumber(redis.call('HGET', KEYS[1], 'warming') or '0')
local left = math.min(tonumber(ARGV[4]) - warming, tonumber(ARGV[3]) - users - warming)
if tonumber(ARGV[2]) > left then return {0} end
redis.call('HINCRBY', KEYS[1], 'warming', ARGV[2])
return {1}
`);
