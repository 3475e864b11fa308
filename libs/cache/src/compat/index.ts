export { createCacheManager, createKeyv } from './cache-manager.adapter.js';
export { KeyvChaincacheStore } from './keyv-chaincache.store.js';
export type { CompatOptions } from './compat.options.js';
