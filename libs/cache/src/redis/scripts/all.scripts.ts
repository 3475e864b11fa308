import { FILL } from './fill.script.js';
import { INVALIDATE } from './invalidate.script.js';
import { RELEASE, RENEW } from './lease-keeping.script.js';
import { LEASE } from './lease.script.js';
import { SET } from './set.script.js';
import { UNLINK_DEAD } from './unlink-dead.script.js';
import type { Script } from './script.js';

/** Every script, as it is loaded into a server when a connection becomes ready. */
export const SCRIPTS: readonly Script[] = [LEASE, FILL, RELEASE, RENEW, SET, INVALIDATE, UNLINK_DEAD];
