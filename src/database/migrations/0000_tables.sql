CREATE TABLE "chaincache"."api_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"api_key_hash" char(64) NOT NULL,
	"wallet_address" text NOT NULL,
	"name" text,
	"scopes" text[] DEFAULT '{}' NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"last_used" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("api_key_hash"),
	CONSTRAINT "api_keys_hash_is_sha256" CHECK ("chaincache"."api_keys"."api_key_hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "chaincache"."blockchain_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "chaincache"."blockchain_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_type" text NOT NULL,
	"block_height" bigint NOT NULL,
	"block_hash" text,
	"tx_hash" text,
	"miner_address" text,
	"validator_address" text,
	"pool_id" bigint,
	"chunk_id" bigint,
	"gradient_hash" text,
	"gradient_ipfs_hash" text,
	"amount" numeric(20, 8),
	"event_data" jsonb,
	"indexed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "blockchain_events_height_not_negative" CHECK ("chaincache"."blockchain_events"."block_height" >= 0)
);
--> statement-breakpoint
CREATE TABLE "chaincache"."cache_outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "chaincache"."cache_outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tags" text[] DEFAULT '{}' NOT NULL,
	"keys" text[] DEFAULT '{}' NOT NULL,
	"min_height" bigint,
	"transaction_id" text DEFAULT pg_current_xact_id()::text NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"applied_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "chaincache"."earnings_history" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "chaincache"."earnings_history_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"wallet_address" text NOT NULL,
	"earnings" numeric(28, 8) NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "earnings_history_earnings_not_negative" CHECK ("chaincache"."earnings_history"."earnings" >= 0)
);
--> statement-breakpoint
CREATE TABLE "chaincache"."hashrate_history" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "chaincache"."hashrate_history_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"wallet_address" text NOT NULL,
	"hashrate" numeric(20, 4) NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "hashrate_history_hashrate_not_negative" CHECK ("chaincache"."hashrate_history"."hashrate" >= 0)
);
--> statement-breakpoint
CREATE TABLE "chaincache"."idempotency_keys" (
	"client" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" char(64) NOT NULL,
	"answer" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY("client","key")
);
--> statement-breakpoint
CREATE TABLE "chaincache"."indexer_state" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"last_indexed_height" bigint DEFAULT 0 NOT NULL,
	"last_indexed_at" timestamp with time zone,
	CONSTRAINT "indexer_state_has_one_row" CHECK ("chaincache"."indexer_state"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "chaincache"."mining_stats" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "chaincache"."mining_stats_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"wallet_address" text NOT NULL,
	"hashrate" numeric(20, 4) NOT NULL,
	"gpu_temperature" numeric(5, 2) NOT NULL,
	"blocks_found" bigint NOT NULL,
	"uptime_percentage" numeric(5, 2) NOT NULL,
	"network_difficulty" numeric(24, 4) NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mining_stats_hashrate_not_negative" CHECK ("chaincache"."mining_stats"."hashrate" >= 0),
	CONSTRAINT "mining_stats_gpu_temperature_range" CHECK ("chaincache"."mining_stats"."gpu_temperature" BETWEEN -50 AND 200),
	CONSTRAINT "mining_stats_blocks_found_not_negative" CHECK ("chaincache"."mining_stats"."blocks_found" >= 0),
	CONSTRAINT "mining_stats_uptime_percentage_range" CHECK ("chaincache"."mining_stats"."uptime_percentage" BETWEEN 0 AND 100),
	CONSTRAINT "mining_stats_network_difficulty_not_negative" CHECK ("chaincache"."mining_stats"."network_difficulty" >= 0)
);
--> statement-breakpoint
CREATE TABLE "chaincache"."network_snapshots" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "chaincache"."network_snapshots_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"block_height" bigint NOT NULL,
	"snapshot_date" date NOT NULL,
	"total_miners" integer NOT NULL,
	"total_validators" integer NOT NULL,
	"total_stake" numeric(40, 0) NOT NULL,
	"total_gradients" bigint NOT NULL,
	"total_aggregations" bigint NOT NULL,
	"network_hashrate" numeric(24, 4) NOT NULL,
	"snapshot_data" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "network_snapshots_moment_unique" UNIQUE("block_height","snapshot_date")
);
--> statement-breakpoint
CREATE TABLE "chaincache"."users" (
	"wallet_address" text PRIMARY KEY NOT NULL,
	"display_name" text,
	"credits" bigint DEFAULT 0 NOT NULL,
	"is_miner" boolean DEFAULT false NOT NULL,
	"last_mining_time" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_credits_not_negative" CHECK ("chaincache"."users"."credits" >= 0),
	CONSTRAINT "users_display_name_length" CHECK (char_length("chaincache"."users"."display_name") BETWEEN 1 AND 64)
);
--> statement-breakpoint
ALTER TABLE "chaincache"."earnings_history" ADD CONSTRAINT "earnings_history_wallet_address_users_wallet_address_fk" FOREIGN KEY ("wallet_address") REFERENCES "chaincache"."users"("wallet_address") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chaincache"."hashrate_history" ADD CONSTRAINT "hashrate_history_wallet_address_users_wallet_address_fk" FOREIGN KEY ("wallet_address") REFERENCES "chaincache"."users"("wallet_address") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chaincache"."mining_stats" ADD CONSTRAINT "mining_stats_wallet_address_users_wallet_address_fk" FOREIGN KEY ("wallet_address") REFERENCES "chaincache"."users"("wallet_address") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_keys_wallet_idx" ON "chaincache"."api_keys" USING btree ("wallet_address","is_active");--> statement-breakpoint
CREATE INDEX "api_keys_expiry_idx" ON "chaincache"."api_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "blockchain_events_type_idx" ON "chaincache"."blockchain_events" USING btree ("event_type","block_height" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "cache_outbox_pending_idx" ON "chaincache"."cache_outbox" USING btree ("id") WHERE "chaincache"."cache_outbox"."applied_at" IS NULL;--> statement-breakpoint
CREATE INDEX "cache_outbox_own_idx" ON "chaincache"."cache_outbox" USING btree ("transaction_id") WHERE "chaincache"."cache_outbox"."applied_at" IS NULL;--> statement-breakpoint
CREATE INDEX "cache_outbox_applied_idx" ON "chaincache"."cache_outbox" USING btree ("applied_at");--> statement-breakpoint
CREATE INDEX "earnings_history_wallet_idx" ON "chaincache"."earnings_history" USING btree ("wallet_address","recorded_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "hashrate_history_wallet_idx" ON "chaincache"."hashrate_history" USING btree ("wallet_address","recorded_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "idempotency_keys_age_idx" ON "chaincache"."idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "mining_stats_wallet_idx" ON "chaincache"."mining_stats" USING btree ("wallet_address","recorded_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "users_miners_idx" ON "chaincache"."users" USING btree ("last_mining_time") WHERE "chaincache"."users"."is_miner";