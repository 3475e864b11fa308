import type { ApiBodyOptions } from '@nestjs/swagger';
import { z } from 'zod';
import { EVENT_KINDS, type EventKind } from './event.kinds.js';

type Schema = Extract<ApiBodyOptions, { readonly schema: unknown }>['schema'];

/** What may be posted: one CloudEvent of each type at each version, or an array of them. */
export function eventsSchema(maxEvents: number): Schema {
  const events = [...EVENT_KINDS.values()].flatMap((versions) => [...versions.values()]).map(schemaOf);
  return { oneOf: [...events, { type: 'array', maxItems: maxEvents, items: { oneOf: events } }] };
}

function schemaOf({ event: { type, version }, data }: EventKind): Schema {
  const names = version === 1 ? [type, `${type}.v1`] : [`${type}.v${version}`];
  const text = { type: 'string' as const };
  return {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'data'],
    properties: {
      specversion: { ...text, enum: ['1.0'] },
      id: { ...text, maxLength: 256, description: 'Names the event among all of its source: it counts once' },
      source: { ...text, maxLength: 512, description: 'A URI reference that names the producer' },
      type: { ...text, enum: names },
      time: { ...text, format: 'date-time' },
      datacontenttype: { ...text, enum: ['application/json'] },
      data: z.toJSONSchema(data, { io: 'input', target: 'openapi-3.0' }) as Schema,
    },
  };
}
