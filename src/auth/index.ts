export { AccessControl } from './access.control.js';
export type { Authenticator } from './authenticator.port.js';
export { DescribesCredentials } from './credentials.description.js';
export { OwnerOrScope, RequireScope } from './scope.guard.js';
export { isScope, type Principal, type Scope, SCOPES } from './scope.js';
