import { createHash } from 'node:crypto';

/** A Lua script as Redis knows it. */
export interface Script {
  readonly source: string;
  /** The name under which `EVALSHA` finds it. */
  readonly sha: string;
}

export function script(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/**
 * Shared beginning: who answers, and when. `isMaster(hex)` is true only on a master of that identity. Everything that a
 * script decides it decides by the server's present state, so that a command which was queued on another connection,
 * or before a failover, is judged as what it is.
 */
export const PRELUDE = `
local function identityIs(hex)
  local info = redis.call('INFO', 'replication')
  return string.find(info, 'role:master\\r', 1, true) ~= nil
    and string.find(info, 'master_replid:' .. hex, 1, true) ~= nil
end
local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/**
 * `stampNow(identity, values, first, count)`: the identity and the versions in \`values\`, or nil while one is missing.
 * What is no version (another length) counts as missing.
 */
export const STAMP = `
local function stampNow(identity, values, first, count)
  local stamp = identity
  for i = first, first + count - 1 do
    local version = values[i]
    if not version or #version ~= 8 then return nil end
    stamp = stamp .. version
  end
  return stamp
end
`;

/** `mint(values, first, count, random, life)`: puts random versions where one is missing; an error (memory) or nil. */
export const MINT = `
local function mint(values, first, count, random, life)
  for i = 0, count - 1 do
    local version = values[first + i]
    if not version or #version ~= 8 then
      version = string.sub(random, i * 8 + 1, i * 8 + 8)
      local done = redis.pcall('SET', KEYS[first + i], version, 'PX', life)
      if type(done) == 'table' and done.err then return done end
      values[first + i] = version
    end
  end
end
`;
