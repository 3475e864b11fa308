export { LifecycleState } from './lifecycle.state.js';
