import type { InvalidationMessage } from '../store/store.port.js';

/** Something became invalid. `sequence` counts this publisher's invalidations from 1, without holes. */
export interface InvalidationNotice {
  readonly kind: 'invalidation';
  readonly publisher: string;
  readonly sequence: number;
  readonly message: InvalidationMessage;
}

/** Sent where nothing else was for a while; `sequence` is that of the publisher's last invalidation. */
export interface HeartbeatNotice {
  readonly kind: 'heartbeat';
  readonly publisher: string;
  readonly sequence: number;
}

/** The load of a key ended. Not counted: a waiter that misses it wakes at its deadline. */
export interface SettledNotice {
  readonly kind: 'settled';
  readonly key: string;
}

export type BusNotice = InvalidationNotice | HeartbeatNotice | SettledNotice;
