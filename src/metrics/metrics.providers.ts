import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { Injectable, type Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EventEmitter2 } from '@nestjs/event-emitter';
import {
  type Cache,
  CacheManager,
  Catalog,
  ConsistencyCheck,
  ConsistencySampler,
  MemorySideData,
  ShadowReads,
  systemClock,
} from '@chaincache/cache';
import { CacheRegistry, InjectCache, InjectRedisTier } from '@chaincache/cache/nest';
import type { RedisTier } from '@chaincache/cache/redis';
import type { Logger } from 'pino';
import { AppConfig } from '../config/app.config.js';
import { Database } from '../database/database.js';
import { LOGGER } from '../logging/logger.token.js';
import { AlertOutlets } from './alerts/alert.outlets.js';
import { AlertPosts, type OnLost } from './alerts/alert.posts.js';
import { ALERT_NAMES } from './alerts/alert.rules.js';
import { AlertWebhook } from './alerts/alert.webhook.js';
import { FleetAlertClaims } from './alerts/fleet.alert.claims.js';
import { type AskInfo, CacheState } from './cache.state.js';
import { CacheWatch } from './cache.watch.js';
import { CONSISTENCY_CONTRACTS } from './consistency.contracts.js';
import { cacheExposition } from './exposition/cache.exposition.js';
import { Exposition } from './exposition/exposition.js';
import { outboxBacklogOf } from './exposition/outbox.backlog.js';
import { stateExposition } from './exposition/state.exposition.js';
import { RequestTracing } from './tracing/request.tracing.js';
import { tracingTo } from './tracing/tracing.factory.js';

/** What is watched. */
@Injectable()
export class WatchedCache {
  constructor(
    @InjectCache() readonly cache: Cache,
    @InjectRedisTier() readonly tier: RedisTier | null,
  ) {}
}

/** What this instance is called among the others. */
@Injectable()
export class InstanceName {
  readonly name = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
}

export const METRICS_PROVIDERS: Provider[] = [
  WatchedCache,
  InstanceName,
  {
    provide: AlertOutlets,
    useFactory: alertOutlets,
    inject: [AppConfig, LOGGER, EventEmitter2, Database, InstanceName],
  },
  { provide: CacheWatch, useFactory: cacheWatch, inject: [WatchedCache, Database, AlertOutlets, InstanceName] },
  { provide: Exposition, useFactory: exposition, inject: [CacheWatch, Catalog] },
  { provide: RequestTracing, useFactory: requestTracing, inject: [AppConfig, WatchedCache, HttpAdapterHost] },
  {
    provide: ConsistencySampler,
    useFactory: consistency,
    inject: [AppConfig, WatchedCache, CacheManager, Catalog, CacheRegistry],
  },
];

function alertOutlets(
  { metrics: { webhook } }: AppConfig,
  logger: Logger,
  emitter: EventEmitter2,
  database: Database,
  { name }: InstanceName,
): AlertOutlets {
  const lost: OnLost = ({ alert, state }, reason) =>
    logger.warn({ event: 'alert.not-delivered', alert, state, reason });
  const posts =
    webhook &&
    new AlertPosts(
      new FleetAlertClaims(database, name, ALERT_NAMES),
      new AlertWebhook(webhook, systemClock),
      name,
      lost,
    );
  return new AlertOutlets(logger, emitter, posts);
}

function cacheWatch(
  { cache, tier }: WatchedCache,
  database: Database,
  outlets: AlertOutlets,
  { name }: InstanceName,
): CacheWatch {
  const state = new CacheState(cache, tier === null ? undefined : askInfoOf(tier), outboxBacklogOf(database));
  return new CacheWatch(cache, state, tier?.sideData ?? new MemorySideData(), systemClock, name, outlets);
}

/** INFO, from each primary of a Cluster or from the one server. */
function askInfoOf({ client }: RedisTier): AskInfo {
  return (sections) => {
    const nodes = 'nodes' in client ? client.nodes('master') : [client];
    return Promise.all(nodes.map((node) => node.call('INFO', ...sections) as Promise<string>));
  };
}

function exposition(watch: CacheWatch, catalog: Catalog): Exposition {
  return new Exposition([
    ...cacheExposition(watch.metrics, catalog.names()),
    ...stateExposition(watch.state, () => watch.alerts.firing()),
  ]);
}

async function requestTracing(
  { tracingUrl }: AppConfig,
  { cache }: WatchedCache,
  adapter: HttpAdapterHost,
): Promise<RequestTracing> {
  const tracing = await tracingTo(tracingUrl);
  if (tracing !== null) cache.events.add(tracing.listener);
  return new RequestTracing(adapter, tracing);
}

function consistency(
  { metrics }: AppConfig,
  { cache }: WatchedCache,
  manager: CacheManager,
  catalog: Catalog,
  registry: CacheRegistry,
): ConsistencySampler {
  const check = new ConsistencyCheck(cache.hits, systemClock, CONSISTENCY_CONTRACTS);
  if (metrics.shadow.length > 0) manager.shadowBy(new ShadowReads(new Set(metrics.shadow), check, cache.events));
  const loaderOf = (entry: Parameters<typeof registry.loaderOf>[0]) => registry.loaderOf(entry);
  const sampler = new ConsistencySampler(catalog, loaderOf, check, cache.events, { share: metrics.consistencySample });
  if (metrics.consistencySample > 0) cache.events.add(sampler);
  return sampler;
}
