import type { ServerResponse } from 'node:http';
import type { Principal } from '../auth/index.js';

/** Says whether the credential with which a stream was opened is still good. @throws when it is not */
export type Recheck = () => Promise<Principal>;

/** What all who may see the same see at one moment, as JSON. */
export type Render = (showKeys: boolean) => Promise<string>;

interface Stream {
  readonly client: string;
  readonly response: ServerResponse;
  readonly recheck: Recheck;
}

/** Each costs a reading of the fleet now and then; operators are few. */
const DEFAULT_LIMITS = { streams: 64, perClient: 8 };
/** A reader that does not read is let go. */
const MAX_BUFFERED_BYTES = 512 * 1024;

/** Open consoles. Bounded, in all and for each client. */
export class StatsStreams {
  private readonly streams = new Set<Stream>();
  private closed = false;

  constructor(private readonly limits: Readonly<typeof DEFAULT_LIMITS> = DEFAULT_LIMITS) {}

  get size(): number {
    return this.streams.size;
  }

  /** Whether one more may be opened. */
  admits(client: string): boolean {
    const ofClient = [...this.streams].filter((stream) => stream.client === client).length;
    return !this.closed && this.size < this.limits.streams && ofClient < this.limits.perClient;
  }

  /** Takes over an answer whose head is written. It is forgotten when it ends. */
  open(client: string, response: ServerResponse, recheck: Recheck): void {
    // Whoever left while the key was looked at: their `close` has been already.
    if (response.destroyed || response.closed) return;
    const stream: Stream = { client, response, recheck };
    this.streams.add(stream);
    response.once('close', () => this.streams.delete(stream));
  }

  /** Tells all of them how things are. A credential that was revoked in between, or cannot be judged, ends its stream. */
  async tell(render: Render): Promise<void> {
    const rendered = new Map<boolean, Promise<string>>();
    const once: Render = (showKeys) => {
      const text = rendered.get(showKeys) ?? render(showKeys);
      rendered.set(showKeys, text);
      return text;
    };
    await Promise.all(
      [...this.streams].map(async ({ response, recheck }) => {
        try {
          const { scopes } = await recheck();
          say(response, 'stats', await once(scopes.has('cache:admin')));
        } catch {
          response.end();
        }
      }),
    );
  }

  /** Ends all: a process that stops waits for no stream. */
  close(): void {
    this.closed = true;
    for (const { response } of this.streams) response.end();
  }
}

/** Writes one event. @param data without line breaks, as JSON is */
export function say(response: ServerResponse, event: string, data: string): void {
  if (response.writableEnded || response.destroyed) return;
  if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
  else response.write(`event: ${event}\ndata: ${data}\n\n`);
}
