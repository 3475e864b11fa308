/** The longest history that anybody may ask for, today included. */
export const MAX_DAYS = 365;

/** One row for a miner, none for a user who is none. */
export const LATEST_STATS = `
  SELECT s.hashrate, s.gpu_temperature, s.blocks_found, s.uptime_percentage, s.network_difficulty,
    (SELECT trim_scale(coalesce(sum(earnings), 0)) FROM chaincache.earnings_history AS e
     WHERE e.wallet_address = u.wallet_address)::text AS total_earnings
  FROM chaincache.users AS u
  LEFT JOIN LATERAL (
    SELECT * FROM chaincache.mining_stats AS m
    WHERE m.wallet_address = u.wallet_address ORDER BY recorded_at DESC, id DESC LIMIT 1
  ) AS s ON true
  WHERE u.wallet_address = $1 AND u.is_miner`;

/** One row for each day on which something was recorded, oldest first; days are those of UTC. */
const byDay = (table: string, total: string): string => `
  SELECT d.date, d.value
  FROM chaincache.users AS u
  LEFT JOIN LATERAL (
    SELECT to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date, trim_scale(${total})::text AS value
    FROM chaincache.${table} AS h
    WHERE h.wallet_address = u.wallet_address
      AND recorded_at >= (date_trunc('day', now() AT TIME ZONE 'UTC') - interval '${MAX_DAYS - 1} days') AT TIME ZONE 'UTC'
    GROUP BY 1
  ) AS d ON true
  WHERE u.wallet_address = $1 AND u.is_miner
  ORDER BY d.date`;

export const EARNINGS_BY_DAY = byDay('earnings_history', 'sum(earnings)');

export const HASHRATE_BY_DAY = byDay('hashrate_history', 'round(avg(hashrate), 4)');
