import { Injectable } from '@nestjs/common';
import { type Invalidation, InvalidateOn } from '@chaincache/cache/nest';
import { ApiKeyCreated } from '../catalog/events/api-key-created.event.js';
import { ApiKeyRevoked } from '../catalog/events/api-key-revoked.event.js';
import { BlockCreated } from '../catalog/events/block-created.event.js';
import { ChainReorged } from '../catalog/events/chain-reorged.event.js';
import { CreditsChanged } from '../catalog/events/credits-changed.event.js';
import { isSettled } from '../catalog/events/domain.event.js';
import { MinerRegistered } from '../catalog/events/miner-registered.event.js';
import { MinerStatsUpdated } from '../catalog/events/miner-stats-updated.event.js';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { TxConfirmed } from '../catalog/events/tx-confirmed.event.js';
import { UserUpdated } from '../catalog/events/user-updated.event.js';
import { invalidationOf } from '../catalog/invalidations.js';

const NOTHING: Invalidation = [];

/** An event that was posted has had its invalidation with all others of its batch. */
const due = (event: object): Invalidation => (isSettled(event) ? NOTHING : invalidationOf(event));

/** Every event that makes something invalid, whoever emits it. What it makes invalid stands in the catalog. */
@Injectable()
@InvalidateOn(CreditsChanged, due)
@InvalidateOn(UserUpdated, due)
@InvalidateOn(MinerRegistered, due)
@InvalidateOn(MinerStatsUpdated, due)
@InvalidateOn(BlockCreated, due)
@InvalidateOn(TxConfirmed, due)
@InvalidateOn(TokensTransferred, due)
@InvalidateOn(ChainReorged, due)
@InvalidateOn(ApiKeyCreated, due)
@InvalidateOn(ApiKeyRevoked, due)
export class EventInvalidations {}
