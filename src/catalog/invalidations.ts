import { apiKey } from './api-key.entry.js';
import { ApiKeyCreated } from './events/api-key-created.event.js';
import { ApiKeyRevoked } from './events/api-key-revoked.event.js';
import { BlockCreated } from './events/block-created.event.js';
import { ChainReorged } from './events/chain-reorged.event.js';
import { CreditsChanged } from './events/credits-changed.event.js';
import type { DomainEventClass } from './events/domain.event.js';
import { MinerRegistered } from './events/miner-registered.event.js';
import { MinerStatsUpdated } from './events/miner-stats-updated.event.js';
import { TokensTransferred } from './events/tokens-transferred.event.js';
import { TxConfirmed } from './events/tx-confirmed.event.js';
import { UserLoggedIn } from './events/user-logged-in.event.js';
import { UserUpdated } from './events/user-updated.event.js';
import { CHAIN_TAG, minerTag, userTag, walletTag } from './tags.js';

/** What an event makes invalid. */
export interface DueInvalidation {
  readonly tags: readonly string[];
  readonly keys: readonly string[];
  /** Nothing that was read at an older block may be cached for the tags again. */
  readonly minHeight?: number;
}

interface Rule {
  readonly event: DomainEventClass;
  readonly due: (event: never) => DueInvalidation;
}

/** One row for each event. */
const RULES: readonly Rule[] = [
  rule(CreditsChanged, ({ wallet }) => tagged(userTag(wallet))),
  rule(UserUpdated, ({ wallet }) => tagged(userTag(wallet))),
  rule(UserLoggedIn, () => tagged()),
  rule(MinerRegistered, ({ wallet }) => tagged(userTag(wallet))),
  rule(MinerStatsUpdated, ({ wallet }) => tagged(minerTag(wallet))),
  rule(BlockCreated, ({ height }) => ({ ...tagged(CHAIN_TAG), minHeight: height })),
  rule(TxConfirmed, ({ wallets }) => tagged(...wallets.flatMap((wallet) => [userTag(wallet), minerTag(wallet)]))),
  rule(TokensTransferred, ({ from, to, blockNumber }) => ({
    ...tagged(walletTag(from), walletTag(to)),
    minHeight: blockNumber,
  })),
  // The new branch may still be lower than the old one was: no height can be demanded.
  rule(ChainReorged, ({ wallets }) => tagged(CHAIN_TAG, ...wallets.map(walletTag))),
  rule(ApiKeyCreated, ({ sha256 }) => keyed(sha256)),
  rule(ApiKeyRevoked, ({ sha256 }) => keyed(sha256)),
];

const byType = new Map(RULES.map(({ event, due }) => [event.type, due]));

/**
 * What an event makes invalid: of the event alone, and the same each time.
 * @throws TypeError for an event of a class that has no rule
 */
export function invalidationOf(event: object): DueInvalidation {
  const { type } = event.constructor as unknown as DomainEventClass;
  const due = byType.get(type);
  if (due === undefined) throw new TypeError(`nobody has said what an event of type ${type} makes invalid`);
  return due(event as never);
}

function rule<Event extends object>(event: DomainEventClass<Event>, due: (event: Event) => DueInvalidation): Rule {
  return { event, due };
}

function tagged(...tags: readonly string[]): DueInvalidation {
  return { tags, keys: [] };
}

function keyed(sha256: string): DueInvalidation {
  return { tags: [], keys: [apiKey.ref({ sha256 }).key] };
}
