import { type Devnet, type DevnetOptions, startDevnet } from '@chaincache/devnet';
import { startInstance, type TestApi } from './running.api.js';

export { ADMIN_API_KEY, type TestApi } from './running.api.js';

/** The same wallets in every run: what is expected of them can be written down. */
const MNEMONIC = 'test test test test test test test test test test test junk';

export function startTestDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  return startDevnet({ mnemonic: MNEMONIC, ...options });
}

/**
 * An instance over a devnet.
 * @param environment on top of what the devnet needs
 */
export function startApi(devnet: Devnet, environment: Readonly<Record<string, string>> = {}): Promise<TestApi> {
  return startInstance({
    THIRDWEB_CLIENT_ID: devnet.insight.clientId,
    INSIGHT_URL: devnet.insight.url,
    EVM_CHAINS: devnet.chains.map(({ chainId, rpcUrl, wsUrl }) => `${chainId}=${rpcUrl}|${wsUrl}`).join(','),
    ...environment,
  });
}

/** An address that nobody has used: nothing is cached for it. */
export function freshAddress(): string {
  const digits = Array.from({ length: 40 }, () => Math.floor(Math.random() * 16).toString(16));
  return `0x${digits.join('')}`;
}
