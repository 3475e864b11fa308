CREATE UNLOGGED TABLE "chaincache"."received_events" (
	"digest" uuid PRIMARY KEY NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chaincache"."used_nonces" (
	"nonce" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "received_events_age_idx" ON "chaincache"."received_events" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "used_nonces_expiry_idx" ON "chaincache"."used_nonces" USING btree ("expires_at");
