export { Cached, type CachedDecorator, type KeyArguments, type LoaderCheck } from './cached.decorator.js';
export { InvalidateOn, type Invalidation } from './invalidate-on.decorator.js';
export { Warm, type WarmInTime, type WarmOnEvent } from './warm.decorator.js';
export type { EventClass } from './event.class.js';
export {
  CacheModule,
  type CacheModuleAsyncOptions,
  type CacheModuleOptions,
  type CacheModuleSetup,
} from './cache.module.js';
export { InjectCache, InjectRedisTier } from './cache.tokens.js';
export type { WarmPlan, WarmTrigger } from '../index.js';
export { CacheRegistry } from './cache.registry.js';
export type { CachedMethod } from './cached.method.js';
export { InvalidationListener, ListenerRetryOptions } from './invalidation.listener.js';
export { CacheTrace } from './cache.trace.js';
export { CacheHeadersInterceptor } from './cache-headers.interceptor.js';
export { loadContext } from './load.context.js';
export { WARM_RUNNER, type WarmRunner } from './warm.runner.js';
