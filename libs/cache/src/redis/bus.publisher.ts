import { randomBytes } from 'node:crypto';
import type { InvalidationMessage } from '../store/store.port.js';
import { encodeHeartbeat, encodeInvalidation } from './bus.wire.js';

/** This process as the others know it on the bus: a random name and a count. */
export class BusPublisher {
  readonly id = randomBytes(8).toString('hex');
  private sequence = 0;

  /** The next invalidation of this process, encoded. One that is never sent is a gap to those who listen. */
  invalidation(message: InvalidationMessage): string {
    this.sequence += 1;
    return encodeInvalidation(this.id, this.sequence, message);
  }

  heartbeat(): string {
    return encodeHeartbeat(this.id, this.sequence);
  }

  /** How many invalidations there were; a heartbeat is due where it has not changed for a while. */
  get count(): number {
    return this.sequence;
  }
}
