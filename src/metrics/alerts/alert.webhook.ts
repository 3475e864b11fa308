import { createHmac } from 'node:crypto';
import type { Clock } from '@chaincache/cache';
import { withDeadline } from '../../source/source.deadline.js';
import type { AlertChanged } from './alert-changed.event.js';

export interface AlertWebhookOptions {
  readonly url: string;
  readonly secret: string;
  /** How long one attempt may take, ms. Default 5 000. */
  readonly timeoutMs?: number;
  /** Default 5: with the waits of 1, 2, 4 and 8 s between them, 40 s at most. */
  readonly attempts?: number;
}

const FIRST_WAIT_MS = 1_000;

/**
 * Posts alerts, signed as the Standard Webhooks specification (1.0) has it: `webhook-id`, `webhook-timestamp`, and
 * `webhook-signature: v1,` with the HMAC-SHA256 of `id.timestamp.body` in base64. A retry has the id of the first
 * attempt, so a receiver that remembers ids acts once.
 */
export class AlertWebhook {
  private readonly aborted = new AbortController();
  private readonly timeoutMs: number;
  private readonly attempts: number;

  constructor(
    private readonly options: AlertWebhookOptions,
    private readonly clock: Clock,
  ) {
    this.timeoutMs = options.timeoutMs ?? 5_000;
    this.attempts = options.attempts ?? 5;
  }

  /** Gives up what is under way. */
  stop(): void {
    this.aborted.abort();
  }

  /**
   * Never rejects.
   * @param id of the delivery, the same however often it is tried
   * @param isOld asked before each further attempt: newer news is worth more
   * @returns null when it was taken, else why not
   */
  async deliver(event: AlertChanged, id: string, isOld: () => boolean = () => false): Promise<string | null> {
    const body = JSON.stringify(Object.assign({ type: 'cache.alert' }, event));
    let failure = 'given up at the end';
    for (let attempt = 1; attempt <= this.attempts && !this.aborted.signal.aborted; attempt += 1) {
      if (attempt > 1) await this.pause(FIRST_WAIT_MS * 2 ** (attempt - 2));
      if (attempt > 1 && isOld()) return 'replaced by newer news';
      const answer = await this.post(id, body);
      if (answer === null) return null;
      failure = answer;
    }
    return failure;
  }

  private pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimer(resolve, durationMs);
    });
  }

  private async post(id: string, body: string): Promise<string | null> {
    const timestamp = Math.floor(Date.now() / 1_000);
    const signature = createHmac('sha256', this.options.secret).update(`${id}.${timestamp}.${body}`).digest('base64');
    try {
      return await withDeadline({ withinMs: this.timeoutMs, signal: this.aborted.signal }, async (signal) => {
        const response = await fetch(this.options.url, {
          method: 'POST',
          body,
          redirect: 'manual',
          headers: {
            'content-type': 'application/json',
            'webhook-id': id,
            'webhook-timestamp': String(timestamp),
            'webhook-signature': `v1,${signature}`,
          },
          signal,
        });
        await response.body?.cancel();
        return response.ok ? null : `it answered ${response.status}`;
      });
    } catch (error) {
      return String((error as { readonly name?: unknown }).name ?? error);
    }
  }
}
