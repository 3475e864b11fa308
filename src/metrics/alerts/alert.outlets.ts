import type { EventEmitter2 } from '@nestjs/event-emitter';
import type { Logger } from 'pino';
import { AlertChanged } from './alert-changed.event.js';
import type { AlertStatus } from './alert.monitor.js';
import type { AlertPosts } from './alert.posts.js';

/** Where news of alerts goes: the log, the application's events, and the webhook if there is one. */
export class AlertOutlets {
  /** @param posts undefined without a webhook */
  constructor(
    private readonly logger: Logger,
    private readonly emitter: EventEmitter2,
    private readonly posts: AlertPosts | undefined,
  ) {}

  /** An alert of this instance began to fire, or is over. */
  readonly changed = (event: AlertChanged): void => {
    const { alert, state, value, threshold, summary } = event;
    this.logger[state === 'firing' ? 'warn' : 'info']({ event: `alert.${state}`, alert, value, threshold, summary });
    this.emitter.emit(AlertChanged.event, event);
  };

  /** This is how they all stand. */
  readonly looked = (statuses: readonly AlertStatus[]): void => {
    void this.posts?.look(statuses);
  };

  stop(): void {
    this.posts?.stop();
  }
}
