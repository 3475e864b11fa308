import { script } from './script.js';

/**
 * Deletes versions, entries and leases and tells everybody, in one step. It needs no memory: at maxmemory Redis lets a
 * script write once it has deleted.
 *
 * KEYS: versions; heights (as many, or none); entries; leases (as many).
 * ARGV: number of versions, number of heights, demanded height, life of heights ms, channel or '',
 *       invalidation message, then a wake-up message for each entry.
 * Replies: {1 for each version that was there, else 0}, {the same for entries}, {the same for leases waited for}.
 */
export const INVALIDATE = script(`
local versions, heights = tonumber(ARGV[1]), tonumber(ARGV[2])
local keys = (#KEYS - versions - heights) / 2
local firstEntry = versions + heights + 1
local tagged, deleted, waited = {}, {}, {}

for i = 1, versions do tagged[i] = redis.call('UNLINK', KEYS[i]) end
for i = 1, keys do
  local leaseKey = KEYS[firstEntry + keys + i - 1]
  local lease = redis.call('MGET', leaseKey)[1]
  deleted[i] = redis.call('UNLINK', KEYS[firstEntry + i - 1])
  redis.call('UNLINK', leaseKey)
  waited[i] = lease and string.sub(lease, -1) == 'w' and 1 or 0
end
for i = versions + 1, versions + heights do
  local before = redis.call('MGET', KEYS[i])[1]
  local height = math.max(tonumber(ARGV[3]), before and tonumber(before) or 0)
  redis.call('SET', KEYS[i], string.format('%.0f', height), 'PX', ARGV[4])
end

if ARGV[5] ~= '' then
  redis.call('PUBLISH', ARGV[5], ARGV[6])
  for i = 1, keys do
    if waited[i] == 1 then redis.call('PUBLISH', ARGV[5], ARGV[6 + i]) end
  end
end
return {tagged, deleted, waited}
`);
