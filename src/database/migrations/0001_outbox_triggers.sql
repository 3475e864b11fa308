-- Whatever changes a row, be it this service, a script or a person in psql, writes what becomes invalid by it into the
-- outbox, in its own transaction. One statement writes few rows, however many it changes. The functions run with the
-- rights of their owner: whoever may change a table need not have rights on the outbox.

CREATE FUNCTION chaincache.queue_invalidation(tags text[], keys text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  per_row constant integer := 500;
  -- Above this it is cheaper for everybody to invalidate everything, which the tag '*' does.
  most constant integer := 5000;
  names constant integer := greatest(coalesce(cardinality(tags), 0), coalesce(cardinality(keys), 0));
BEGIN
  IF names = 0 THEN
    RETURN;
  END IF;
  IF names > most THEN
    INSERT INTO chaincache.cache_outbox (tags) VALUES (ARRAY['*']);
    RETURN;
  END IF;
  INSERT INTO chaincache.cache_outbox (tags, keys)
  SELECT coalesce(tags[first : first + per_row - 1], '{}'), coalesce(keys[first : first + per_row - 1], '{}')
  FROM generate_series(1, names, per_row) AS first;
END
$$;
--> statement-breakpoint
-- Arguments: what stands before the wallet in the tag, 'user:' or 'miner:'. An update that changes nothing writes nothing.
CREATE FUNCTION chaincache.invalidate_wallets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT TG_ARGV[0] || wallet_address) INTO changed FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(DISTINCT TG_ARGV[0] || wallet_address) INTO changed FROM old_rows;
  ELSE
    SELECT array_agg(DISTINCT TG_ARGV[0] || wallet_address) INTO changed
    FROM (
      (TABLE new_rows EXCEPT ALL TABLE old_rows) UNION ALL (TABLE old_rows EXCEPT ALL TABLE new_rows)
    ) AS differing;
  END IF;
  PERFORM chaincache.queue_invalidation(changed, NULL);
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- A key that was used or renamed still opens the same doors, so that alone invalidates nothing.
CREATE FUNCTION chaincache.invalidate_api_keys() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg('api:key:' || api_key_hash) INTO changed FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg('api:key:' || api_key_hash) INTO changed FROM old_rows;
  ELSE
    WITH before AS (SELECT id, api_key_hash, wallet_address, scopes, is_active, expires_at FROM old_rows),
    after AS (SELECT id, api_key_hash, wallet_address, scopes, is_active, expires_at FROM new_rows)
    SELECT array_agg(DISTINCT 'api:key:' || api_key_hash) INTO changed
    FROM (
      (TABLE after EXCEPT ALL TABLE before) UNION ALL (TABLE before EXCEPT ALL TABLE after)
    ) AS differing;
  END IF;
  PERFORM chaincache.queue_invalidation(NULL, changed);
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- Argument: the tag.
CREATE FUNCTION chaincache.invalidate_tag() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM chaincache.queue_invalidation(ARRAY[TG_ARGV[0]], NULL);
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- Wakes the relays when the transaction commits; equal notifications of one transaction become one.
CREATE FUNCTION chaincache.announce_outbox() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('chaincache_outbox', '');
  RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION chaincache.queue_invalidation(text[], text[]), chaincache.invalidate_wallets(),
  chaincache.invalidate_api_keys(), chaincache.invalidate_tag(), chaincache.announce_outbox() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER announce AFTER INSERT ON chaincache.cache_outbox
  FOR EACH STATEMENT EXECUTE FUNCTION chaincache.announce_outbox();
--> statement-breakpoint
DO $$
DECLARE
  rule record;
BEGIN
  FOR rule IN
    SELECT * FROM (VALUES
      ('users', 'invalidate_wallets', 'user:'),
      ('mining_stats', 'invalidate_wallets', 'miner:'),
      ('earnings_history', 'invalidate_wallets', 'miner:'),
      ('hashrate_history', 'invalidate_wallets', 'miner:'),
      ('api_keys', 'invalidate_api_keys', '')
    ) AS rules (on_table, calls, argument)
  LOOP
    EXECUTE format(
      'CREATE TRIGGER invalidate_inserted AFTER INSERT ON chaincache.%I REFERENCING NEW TABLE AS new_rows
         FOR EACH STATEMENT EXECUTE FUNCTION chaincache.%I(%L)', rule.on_table, rule.calls, rule.argument);
    EXECUTE format(
      'CREATE TRIGGER invalidate_updated AFTER UPDATE ON chaincache.%I
         REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
         FOR EACH STATEMENT EXECUTE FUNCTION chaincache.%I(%L)', rule.on_table, rule.calls, rule.argument);
    EXECUTE format(
      'CREATE TRIGGER invalidate_deleted AFTER DELETE ON chaincache.%I REFERENCING OLD TABLE AS old_rows
         FOR EACH STATEMENT EXECUTE FUNCTION chaincache.%I(%L)', rule.on_table, rule.calls, rule.argument);
    EXECUTE format(
      'CREATE TRIGGER invalidate_truncated AFTER TRUNCATE ON chaincache.%I
         FOR EACH STATEMENT EXECUTE FUNCTION chaincache.invalidate_tag(%L)', rule.on_table, '*');
  END LOOP;
END
$$;
--> statement-breakpoint
CREATE TRIGGER invalidate_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON chaincache.blockchain_events
  FOR EACH STATEMENT EXECUTE FUNCTION chaincache.invalidate_tag('chain');
--> statement-breakpoint
CREATE TRIGGER invalidate_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON chaincache.network_snapshots
  FOR EACH STATEMENT EXECUTE FUNCTION chaincache.invalidate_tag('chain');
