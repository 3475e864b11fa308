CREATE TABLE "chaincache"."alert_deliveries" (
	"alert" text PRIMARY KEY NOT NULL,
	"told" text DEFAULT 'resolved' NOT NULL,
	"delivery" uuid,
	"claimed_until" timestamp with time zone,
	CONSTRAINT "alert_deliveries_told_is_a_state" CHECK ("chaincache"."alert_deliveries"."told" IN ('firing', 'resolved'))
);
--> statement-breakpoint
CREATE TABLE "chaincache"."firing_alerts" (
	"alert" text NOT NULL,
	"instance" text NOT NULL,
	"seen_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "firing_alerts_pkey" PRIMARY KEY("alert","instance")
);

--> statement-breakpoint
-- One look of one instance at the alerts. All instances share one webhook: it hears that an alert fires when the first of
-- them raises it, and that it is over when the last of them does not any more. An instance that was not heard of for a
-- minute raises nothing. What the webhook should hear and has not is claimed by one instance that can tell it, for longer
-- than a delivery takes; should that one die, another goes on under the same name of the delivery. The clock is the
-- server's.
CREATE FUNCTION chaincache.claim_alerts(looked_at text[], looking text, raised text[])
RETURNS TABLE (alert_name text, alert_state text, told_state text, claimed uuid)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this_moment timestamptz;
  a_while constant interval := '60 seconds';
BEGIN
  -- The first 8 bytes of SHA-256 of `chaincache.claim_alerts`. Looks take turns.
  PERFORM pg_advisory_xact_lock(-7885843822402699603);
  -- Behind the lock, so that what is later than this was written before the clock was set back: it does not count.
  this_moment := clock_timestamp();
  DELETE FROM chaincache.firing_alerts
  WHERE instance = looking OR seen_at NOT BETWEEN this_moment - a_while AND this_moment;
  INSERT INTO chaincache.firing_alerts (alert, instance) SELECT DISTINCT unnest(raised), looking;
  INSERT INTO chaincache.alert_deliveries (alert) SELECT unnest(looked_at) ON CONFLICT DO NOTHING;
  RETURN QUERY
  WITH states AS (
    SELECT d.alert, CASE WHEN EXISTS (SELECT FROM chaincache.firing_alerts f WHERE f.alert = d.alert)
      THEN 'firing' ELSE 'resolved' END AS state
    FROM chaincache.alert_deliveries d WHERE d.alert = ANY (looked_at)
  ), before AS (
    SELECT s.alert, s.state, d.told,
      s.state <> d.told AND coalesce(d.claimed_until NOT BETWEEN this_moment AND this_moment + a_while, true)
        AND (s.state = 'resolved' OR s.alert = ANY (raised)) AS claims
    FROM states s JOIN chaincache.alert_deliveries d USING (alert)
  ), after AS (
    UPDATE chaincache.alert_deliveries d SET
      delivery = CASE WHEN b.state = b.told THEN NULL ELSE coalesce(d.delivery, gen_random_uuid()) END,
      claimed_until = CASE WHEN b.state = b.told THEN NULL WHEN b.claims THEN this_moment + a_while ELSE d.claimed_until END
    FROM before b WHERE b.alert = d.alert
    RETURNING b.alert, b.state, b.told, CASE WHEN b.claims THEN d.delivery END AS delivery
  )
  SELECT a.alert, a.state, a.told, a.delivery FROM after a;
END $$;
