import { randomBytes } from 'node:crypto';
import { bech32 } from '@scure/base';
import { ADMIN, startInstance, type TestApi } from './running.api.js';

export { ADMIN, ADMIN_API_KEY, type TestApi } from './running.api.js';

/**
 * An instance that has no EVM upstream.
 * @param environment on top of what is needed
 */
export function startR3mesApi(environment: Readonly<Record<string, string>> = {}): Promise<TestApi> {
  return startInstance({
    THIRDWEB_CLIENT_ID: 'none',
    INSIGHT_URL: 'http://127.0.0.1:9',
    EVM_CHAINS: '31337=http://127.0.0.1:9',
    ...environment,
  });
}

/** A wallet that nobody has used. */
export function freshWallet(prefix = 'remes'): string {
  return bech32.encode(prefix, bech32.toWords(randomBytes(20)));
}

/** A key for one request. */
export function freshKey(): Readonly<Record<string, string>> {
  return { ...ADMIN, 'idempotency-key': randomBytes(12).toString('hex') };
}
