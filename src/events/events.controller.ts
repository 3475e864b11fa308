import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { RequireScope } from '../auth/index.js';
import { Problem } from '../http/problem.js';
import { BATCH_TYPE, EVENT_TYPE } from './events.body.js';
import { eventsSchema } from './events.description.js';
import { type EventResult, EventsService } from './events.service.js';

const MAX_EVENTS = 1_000;

const eventsAnswer = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  rejected: z.number(),
  results: z
    .array(
      z.object({
        id: z.string().nullable().describe('As the event has it; null when it has none'),
        status: z.enum(['accepted', 'duplicate', 'rejected']),
        reason: z.string().optional().describe('Of a rejected one, for people'),
      }),
    )
    .describe('One for each event, in their order'),
});

/** `results`: one for each event, in their order. */
interface EventsAnswer extends Omit<z.output<typeof eventsAnswer>, 'results'> {
  readonly results: readonly EventResult[];
}

@ApiTags('events')
@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Post()
  @HttpCode(202)
  @RequireScope('events:write')
  @ApiConsumes(EVENT_TYPE, BATCH_TYPE, 'application/json')
  @ApiBody({ schema: eventsSchema(MAX_EVENTS) })
  @ApiOperation({
    summary: 'Takes one CloudEvent 1.0, or up to 1000 as an array; what they make invalid is invalid after it',
  })
  @ApiResponse({
    status: 202,
    description: 'What became of each; some or all of a batch may be rejected',
    standardSchema: eventsAnswer,
  })
  @ApiResponse({
    status: 400,
    description: 'The body is neither an event nor an array, or one event that is rejected; says why',
  })
  @ApiResponse({ status: 413, description: `More than ${MAX_EVENTS} events, or more than 1 MiB` })
  @ApiResponse({
    status: 503,
    description:
      'The database cannot be used, and it may be unknown whether they took effect; sent again, each takes effect once',
  })
  async receive(@Body() body: unknown): Promise<EventsAnswer> {
    if (typeof body !== 'object' || body === null) {
      throw Problem.badRequest({ field: 'body', message: 'should be a CloudEvent in JSON, or an array of them' });
    }
    const inputs: readonly unknown[] = Array.isArray(body) ? body : [body];
    if (inputs.length > MAX_EVENTS) throw new Problem(413, `A batch should have at most ${MAX_EVENTS} events.`);
    const results = await this.events.receive(inputs);
    // Who sends one event looks at the status alone.
    const [first] = results;
    if (!Array.isArray(body) && first?.status === 'rejected') throw new Problem(400, first.reason!);
    const countOf = (status: EventResult['status']): number => results.filter((one) => one.status === status).length;
    return {
      accepted: countOf('accepted'),
      duplicates: countOf('duplicate'),
      rejected: countOf('rejected'),
      results,
    };
  }
}
