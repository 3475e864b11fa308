import { PRELUDE, script, STAMP } from './script.js';

/**
 * Writes a value if the lease is still the caller's own and its stamp is what a reader would compare it with now.
 * In any case an own lease is over afterwards, and who waits for it is woken.
 *
 * KEYS: entry, lease, a version for each tag.
 * ARGV: identity as hex, the lease's value (token and stamp), envelope, life ms, life of versions ms,
 *       channel or '', wake-up message.
 * Replies: {'filled' | 'refused' | 'full', 1 if somebody waits}.
 */
export const FILL = script(`${PRELUDE}${STAMP}
local values = redis.call('MGET', unpack(KEYS, 2))
local lease, own = values[1], ARGV[2]
if not lease or string.sub(lease, 1, -2) ~= own then return {'refused', 0} end

local outcome = 'refused'
local identity = string.sub(own, 17, 24)
local stamp = stampNow(identity, values, 2, #KEYS - 2)
if stamp and string.sub(own, 17) == stamp and identityIs(ARGV[1]) then
  local done = redis.pcall('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
  if not done.err then
    outcome = 'filled'
    for i = 3, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[5], 'GT') end
  elseif string.sub(done.err, 1, 3) == 'OOM' then
    outcome = 'full'
  else
    return done
  end
end

local waited = string.sub(lease, -1) == 'w'
redis.call('DEL', KEYS[2])
if waited and ARGV[6] ~= '' then redis.call('PUBLISH', ARGV[6], ARGV[7]) end
return {outcome, waited and 1 or 0}
`);
