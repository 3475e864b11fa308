import { Inject, Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { Logger } from 'pino';
import { LOGGER } from '../logging/logger.token.js';

/** An instance of a class of catalog/events: its constructor's `type` is the name that listeners listen to. */
export type DomainEvent = object & { readonly constructor: unknown };

/** Tells the application what was committed. */
@Injectable()
export class CommittedEvents {
  constructor(
    private readonly emitter: EventEmitter2,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Resolves when all listeners are done. Never rejects, since what they are told of has happened: a listener that
   * failed is logged, and what must not be lost is in the outbox.
   */
  async publish(events: readonly DomainEvent[]): Promise<void> {
    const publishing = events.map(async (event) => {
      const { type } = event.constructor as { readonly type: string };
      try {
        await this.emitter.emitAsync(type, event);
      } catch (error) {
        this.logger.error({ event: 'listener.failed', type, err: error });
      }
    });
    await Promise.all(publishing);
  }
}
