export { CacheWatch } from './cache.watch.js';
