export { FleetWarmRunner } from './fleet-warm.runner.js';
