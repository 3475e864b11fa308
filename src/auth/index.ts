export { AccessControl } from './access.control.js';
export { RequireScope } from './scope.guard.js';
export { type Principal, type Scope, SCOPES } from './scope.js';
