export { allowOrigins } from './cross-origin.js';
export { servePage } from './page.routes.js';
