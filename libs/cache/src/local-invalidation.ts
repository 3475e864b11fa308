import type { CacheEvents } from './events.js';
import type { HeightDemands } from './protocol/demands.js';
import type { Explainer } from './read/explainer.js';
import type { L1Tier } from './read/l1-tier.js';
import type { InvalidationMessage } from './store/store.port.js';

/** Makes invalidations hold in this process, whoever made them. */
export class LocalInvalidation {
  constructor(
    private readonly l1: L1Tier,
    private readonly demands: HeightDemands,
    private readonly explainer: Explainer,
    private readonly events: CacheEvents,
  ) {}

  /** What was asked for before is not served from L1 any more. @returns how many records it concerned */
  strike(message: InvalidationMessage): number {
    if (message.minHeight !== undefined) this.demands.demand(message.tags, message.minHeight);
    return this.l1.invalidate(message.tags, message.keys);
  }

  /** It is remembered for explanations. @param by who made it */
  remember(message: InvalidationMessage, by: string): void {
    this.explainer.remember(message, by);
  }

  /** One that another process tells of. @param by who made it */
  receive(message: InvalidationMessage, by: string): void {
    this.strike(message);
    this.tell(message, by);
  }

  /** Whoever listens is told of one that this process did not ask for, or that waited in the outbox. @param by who made it */
  tell(message: InvalidationMessage, by: string): void {
    this.remember(message, by);
    this.events.invalidationReceived(message.tags, message.keys);
  }
}
