import { MINT, PRELUDE, script, STAMP } from './script.js';

/**
 * Takes the lease of a key, or says why not.
 *
 * KEYS: entry, lease, a version for each tag, then (if asked for) a demanded height for each tag.
 * ARGV: identity as hex, identity as bytes, token, lease ms, life of minted versions ms, intent (m, r, a),
 *       number of tags, deadline on the server's clock ms, random bytes.
 *
 * Replies: {'identity'} when the server is another one than the caller believes; {'late', now} when the caller has long
 * given up (the command waited in a stopped server's socket); {'present', now, entry, stamp}; {'held', remaining};
 * {'granted', now, height or false, token and stamp}; {'unsaved', now, height or false} when there is no memory left.
 *
 * A lease's value is token (16), stamp, and a byte that is 'w' once somebody waits for it.
 */
export const LEASE = script(`${PRELUDE}${STAMP}${MINT}
local now = nowMs()
if now > tonumber(ARGV[8]) then return {'late', now} end
if not identityIs(ARGV[1]) then return {'identity'} end
local count = tonumber(ARGV[7])
local values = redis.call('MGET', unpack(KEYS, 1, 2 + count))
local entry, lease = values[1], values[2]
local stamp = stampNow(ARGV[2], values, 3, count)

if stamp and entry and ARGV[6] == 'm'
  and string.byte(entry, 1) == 204 and string.byte(entry, 2) == 1 and string.byte(entry, 4) == count
  and string.sub(entry, 21, 20 + #stamp) == stamp then
  local f1, f2, f3, f4 = string.byte(entry, 7, 10)
  local a1, a2, a3, a4, a5, a6 = string.byte(entry, 15, 20)
  local fresh = ((f1 * 256 + f2) * 256 + f3) * 256 + f4
  local filledAt = ((((a1 * 256 + a2) * 256 + a3) * 256 + a4) * 256 + a5) * 256 + a6
  if now < filledAt + fresh then return {'present', now, entry, stamp} end
end

local waited = '-'
if lease and #lease > 16 then
  waited = string.sub(lease, -1)
  if stamp and ARGV[6] ~= 'a' and string.sub(lease, 17, -2) == stamp then
    local remaining = redis.call('PTTL', KEYS[2])
    if remaining > 0 then
      if waited ~= 'w' then redis.pcall('SETRANGE', KEYS[2], #lease - 1, 'w') end
      return {'held', remaining}
    end
  end
end

local height = false
for i = 3 + count, #KEYS do
  local demanded = redis.call('MGET', KEYS[i])[1]
  demanded = demanded and tonumber(demanded)
  if demanded and (not height or demanded > height) then height = demanded end
end
height = height and string.format('%.0f', height)

local full = mint(values, 3, count, ARGV[9], ARGV[5])
if not full then
  stamp = stampNow(ARGV[2], values, 3, count)
  local own = ARGV[3] .. stamp
  local done = redis.pcall('SET', KEYS[2], own .. waited, 'PX', ARGV[4])
  if not done.err then return {'granted', now, height, own} end
  full = done
end
if string.sub(full.err, 1, 3) == 'OOM' then return {'unsaved', now, height} end
return full
`);
