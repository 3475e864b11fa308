import { Injectable } from '@nestjs/common';
import { readCloudEvent, type ReadEvent } from './cloud-event.reader.js';
import { ReceivedEvents } from './received.events.js';
import { HeightCheck } from './height.check.js';

/** What became of one event. */
export interface EventResult {
  /** As the event has it; null when it has none. */
  readonly id: string | null;
  readonly status: 'accepted' | 'duplicate' | 'rejected';
  /** Of a rejected one, for people. */
  readonly reason?: string;
}

/** Takes batches of CloudEvents. */
@Injectable()
export class EventsService {
  constructor(
    private readonly received: ReceivedEvents,
    private readonly heights: HeightCheck,
  ) {}

  /** @returns a result for each, in their order @throws SourceError, and then they may be sent again: each takes effect once */
  async receive(inputs: readonly unknown[]): Promise<EventResult[]> {
    const now = Date.now();
    const read = await this.withoutImpossible(inputs.map((input) => readCloudEvent(input, now)));
    const readable = read.filter((one) => 'event' in one);
    const accepted = new Set(readable.length === 0 ? [] : await this.received.take(readable));
    return read.map((one): EventResult => {
      if (!('event' in one)) return { id: one.id, status: 'rejected', reason: one.reason };
      // The first of those with one source and id is the accepted one.
      return { id: one.id, status: accepted.delete(one.digest) ? 'accepted' : 'duplicate' };
    });
  }

  private async withoutImpossible(read: readonly ReadEvent[]): Promise<ReadEvent[]> {
    const refusals = await this.heights.refusals(read.map((one) => ('event' in one ? one.event : one)));
    return read.map((one, index) => {
      const reason = refusals[index] ?? null;
      return reason === null ? one : { id: one.id, reason };
    });
  }
}
