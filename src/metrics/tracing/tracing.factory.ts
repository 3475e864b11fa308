import type { Tracing } from './tracing.port.js';

/** The packages are optional: most installations have no collector. */
const PACKAGES = '@opentelemetry/sdk-trace-base and its companions (optionalDependencies in package.json)';

/**
 * Tracing to a collector, or null without one. Nothing of OpenTelemetry is loaded then: its packages take longer to load
 * than the rest of this module.
 * @param url of an OTLP collector over HTTP
 * @throws Error when there is a collector, but the optional packages are not installed
 */
export async function tracingTo(url: string | undefined): Promise<Tracing | null> {
  if (url === undefined) return null;
  try {
    const { OpenTelemetryTracing } = await import('./open-telemetry.tracing.js');
    return new OpenTelemetryTracing(url);
  } catch (cause) {
    throw new Error(`OTEL_EXPORTER_OTLP_ENDPOINT is set, which needs ${PACKAGES}: install them, or remove it`, {
      cause,
    });
  }
}
