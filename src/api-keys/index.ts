export { ApiKeyAuthenticator } from './api-key.authenticator.js';
