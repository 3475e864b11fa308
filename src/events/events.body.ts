import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** One event, and several, in the structured JSON form of CloudEvents 1.0. */
export const EVENT_TYPE = 'application/cloudevents+json';
export const BATCH_TYPE = 'application/cloudevents-batch+json';

const ROUTE = '/api/events';
/** 1 000 events of 1 KiB. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** Lets bodies of events in: their content types, and on their route alone their size. */
@Injectable()
export class EventsBody {
  constructor({ httpAdapter }: HttpAdapterHost) {
    const fastify = httpAdapter.getInstance<FastifyInstance>();
    const parse = fastify.getDefaultJsonParser('error', 'error');
    fastify.addContentTypeParser([EVENT_TYPE, BATCH_TYPE], { parseAs: 'string' }, parse);
    fastify.addHook('onRoute', (route) => {
      if (route.url === ROUTE) route.bodyLimit = BODY_LIMIT_BYTES;
    });
  }
}
