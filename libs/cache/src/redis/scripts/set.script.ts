import { MINT, PRELUDE, script, STAMP } from './script.js';

/**
 * Writes a value that has no loader, under present versions, and tells everybody. A load that runs is over.
 * Where memory does not suffice, the older value is gone all the same.
 *
 * KEYS: entry, lease, a version for each tag.
 * ARGV: identity as hex, identity as bytes, head, tail, life ms, life of versions ms, deadline on the server's clock ms,
 *       random bytes, channel or '', invalidation message, wake-up message.
 * Replies: {'identity'}, {'late', now}, or {'filled' | 'full', 1 if somebody waits}.
 */
export const SET = script(`${PRELUDE}${STAMP}${MINT}
local now = nowMs()
if now > tonumber(ARGV[7]) then return {'late', now} end
if not identityIs(ARGV[1]) then return {'identity'} end
local count = #KEYS - 2
local values = redis.call('MGET', unpack(KEYS, 2))
local lease = values[1]

-- The versions are put where KEYS has them.
table.insert(values, 1, false)
local full = mint(values, 3, count, ARGV[8], ARGV[6])
if not full then
  local bytes = {}
  local rest = now
  for i = 6, 1, -1 do
    bytes[i] = rest % 256
    rest = math.floor(rest / 256)
  end
  local envelope = ARGV[3] .. string.char(unpack(bytes)) .. stampNow(ARGV[2], values, 3, count) .. ARGV[4]
  local done = redis.pcall('SET', KEYS[1], envelope, 'PX', ARGV[5])
  if done.err then full = done end
end
if full and string.sub(full.err, 1, 3) ~= 'OOM' then return full end
if full then
  redis.call('UNLINK', KEYS[1])
else
  for i = 3, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[6], 'GT') end
end

local waited = lease and string.sub(lease, -1) == 'w'
redis.call('DEL', KEYS[2])
if ARGV[9] ~= '' then
  redis.call('PUBLISH', ARGV[9], ARGV[10])
  if waited then redis.call('PUBLISH', ARGV[9], ARGV[11]) end
end
return {full and 'full' or 'filled', waited and 1 or 0}
`);
