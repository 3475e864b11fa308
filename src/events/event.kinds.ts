import { z } from 'zod';
import { ApiKeyCreated } from '../catalog/events/api-key-created.event.js';
import { ApiKeyRevoked } from '../catalog/events/api-key-revoked.event.js';
import { BlockCreated } from '../catalog/events/block-created.event.js';
import { ChainReorged } from '../catalog/events/chain-reorged.event.js';
import { CreditsChanged } from '../catalog/events/credits-changed.event.js';
import type { DomainEventClass } from '../catalog/events/domain.event.js';
import { MinerRegistered } from '../catalog/events/miner-registered.event.js';
import { MinerStatsUpdated } from '../catalog/events/miner-stats-updated.event.js';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { TxConfirmed } from '../catalog/events/tx-confirmed.event.js';
import { UserLoggedIn } from '../catalog/events/user-logged-in.event.js';
import { UserUpdated } from '../catalog/events/user-updated.event.js';
import { EVM_ADDRESS_EXPECTED, evmAddressKey } from '../catalog/evm-address.js';
import { r3mesWallet } from '../catalog/r3mes-wallet.schema.js';
import { WALLET_EXPECTED, walletOf } from '../catalog/wallet.js';

const MAX_WALLETS = 100;

const keyForm = (expected: string, keyOf: (text: string) => string | null) =>
  z.string({ error: `should be ${expected}` }).transform((text, context) => {
    const key = keyOf(text);
    if (key !== null) return key;
    context.issues.push({ code: 'custom', message: `should be ${expected}`, input: text });
    return z.NEVER;
  });

const evmWallet = keyForm(EVM_ADDRESS_EXPECTED, evmAddressKey);
const anyWallet = keyForm(WALLET_EXPECTED, (text) => walletOf(text)?.address ?? null);
const height = z.int({ error: 'should be a block height' }).min(0, { error: 'should be a block height' });
const chainId = z.int({ error: 'should be a chain id' }).min(1, { error: 'should be a chain id' });
const walletsOf = <Wallet extends z.ZodType>(wallet: Wallet) =>
  z.array(wallet, { error: 'should be an array of wallets' }).max(MAX_WALLETS, {
    error: `should be at most ${MAX_WALLETS} wallets: send several events`,
  });
const SHA256_EXPECTED = 'should be a SHA-256 in lower-case hex';
const sha256 = z.string({ error: SHA256_EXPECTED }).regex(/^[0-9a-f]{64}$/, { error: SHA256_EXPECTED });
const ofUser = z.object({ wallet: r3mesWallet });
const ofKey = z.object({ sha256 });

/** One type of event at one version: what its data must be, and the event that it makes. */
export interface EventKind {
  readonly event: DomainEventClass;
  readonly read: (data: unknown) => z.ZodSafeParseResult<object>;
  /** What its data must be, for descriptions. */
  readonly data: z.ZodType;
}

/** By type, then by version. Fields that nobody knows are left out: a version may gain some. */
export const EVENT_KINDS: ReadonlyMap<string, ReadonlyMap<number, EventKind>> = byTypeAndVersion([
  kind(CreditsChanged, ofUser, ({ wallet }) => new CreditsChanged(wallet)),
  kind(UserUpdated, ofUser, ({ wallet }) => new UserUpdated(wallet)),
  kind(UserLoggedIn, z.object({ wallet: anyWallet }), ({ wallet }) => new UserLoggedIn(wallet)),
  kind(MinerRegistered, ofUser, ({ wallet }) => new MinerRegistered(wallet)),
  kind(MinerStatsUpdated, ofUser, ({ wallet }) => new MinerStatsUpdated(wallet)),
  kind(BlockCreated, z.object({ height }), (data) => new BlockCreated(data.height)),
  kind(
    TxConfirmed,
    z.object({ wallets: walletsOf(r3mesWallet), height }),
    (data) => new TxConfirmed(data.wallets, data.height),
  ),
  kind(
    TokensTransferred,
    z.object({ chainId, from: evmWallet, to: evmWallet, blockNumber: height }),
    (data) => new TokensTransferred(data.chainId, data.from, data.to, data.blockNumber),
  ),
  kind(
    ChainReorged,
    z.object({ chainId, forkHeight: height, wallets: walletsOf(evmWallet) }),
    (data) => new ChainReorged(data.chainId, data.forkHeight, data.wallets),
  ),
  kind(ApiKeyCreated, ofKey, (data) => new ApiKeyCreated(data.sha256)),
  kind(ApiKeyRevoked, ofKey, (data) => new ApiKeyRevoked(data.sha256)),
]);

function kind<Data, Event extends object>(
  event: DomainEventClass<Event>,
  schema: z.ZodType<Data>,
  make: (data: Data) => Event,
): EventKind {
  const made = schema.transform(make);
  return { event, read: (data) => made.safeParse(data), data: schema };
}

function byTypeAndVersion(kinds: readonly EventKind[]): Map<string, Map<number, EventKind>> {
  const byType = new Map<string, Map<number, EventKind>>();
  for (const one of kinds) {
    const { type, version } = one.event;
    const versions = byType.get(type) ?? new Map<number, EventKind>();
    byType.set(type, versions.set(version, one));
  }
  return byType;
}
