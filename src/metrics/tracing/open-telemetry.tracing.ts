import {
  type Attributes,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { CacheListener } from '@chaincache/cache';
import type { TracedRequest, Tracing } from './tracing.port.js';

const SERVICE = 'chaincache';
/** A collector that does not answer holds nobody up for longer, not even the end of the process. */
const EXPORT_TIMEOUT_MS = 2_000;
const SERVER_ERROR = 500;

/**
 * Spans by OpenTelemetry, sent over OTLP. Nothing global is registered: an application that traces already keeps what
 * it has. Of L1 hits those that are timed have a span, one in 64; `cache.stands_for` says for how many it counts.
 */
export class OpenTelemetryTracing implements Tracing {
  readonly listener: CacheListener;
  private readonly provider: BasicTracerProvider;
  private readonly tracer: Tracer;
  private readonly contexts = new AsyncLocalStorageContextManager().enable();
  private readonly propagator = new W3CTraceContextPropagator();

  constructor(url: string) {
    const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, timeoutMillis: EXPORT_TIMEOUT_MS });
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': SERVICE }),
      spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
    });
    this.tracer = this.provider.getTracer(SERVICE);
    this.listener = {
      answered: (entry, tier, durationMs, weight) => {
        // Who shared another's load is answered from L1 like a hit, but timed each time and not by sample.
        const coalesced = tier === 'L1' && weight === 1;
        const about = { 'cache.entry': entry, 'cache.tier': tier, 'cache.coalesced': coalesced };
        this.past('cache.getOrSet', durationMs, { ...about, 'cache.stands_for': weight });
      },
      loaded: (entry, _key, durationMs) => this.past('cache.load', durationMs, { 'cache.entry': entry }),
      loadFailed: (entry, _key, error) => this.failed(entry, error),
      invalidated: (kind, names, status, durationMs) =>
        this.past('cache.invalidate', durationMs, {
          'cache.invalidation.kind': kind,
          'cache.invalidation.status': status,
          'cache.invalidation.names': names.length,
        }),
    };
  }

  during({ method, route, headers }: TracedRequest, run: () => void): (status: number) => void {
    const parent = this.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    const attributes = { 'http.request.method': method, 'http.route': route };
    const span = this.tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    this.contexts.with(trace.setSpan(parent, span), run);
    return (status) => {
      span.setAttribute('http.response.status_code', status);
      if (status >= SERVER_ERROR) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
  }

  async close(): Promise<void> {
    await this.provider.shutdown().catch(() => undefined);
    this.contexts.disable();
  }

  /** A span of what has just ended. */
  private past(name: string, durationMs: number, attributes: Attributes): void {
    const end = performance.timeOrigin + performance.now();
    this.start(name, end - durationMs, attributes).end(end);
  }

  private failed(entry: string, error: unknown): void {
    const span = this.start('cache.load', performance.timeOrigin + performance.now(), { 'cache.entry': entry });
    // Its message may quote what was asked for.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
    span.end();
  }

  private start(name: string, startTime: number, attributes: Attributes): Span {
    return this.tracer.startSpan(name, { startTime, attributes }, this.contexts.active());
  }
}
