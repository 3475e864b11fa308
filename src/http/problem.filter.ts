import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Problem, PROBLEM_TYPE } from './problem.js';
import { problemOf } from './problem.mapping.js';

/** Answers every error as problem+json. What is our own fault is logged and told to nobody else. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const known = problemOf(error);
    if (known === null) this.logger.error({ event: 'request.failed', requestId: request.id, err: error });
    const problem = known ?? new Problem(500, 'Something failed here. It was logged under the instance given.');
    void reply
      .status(problem.status)
      .headers({ ...problem.headers(), 'cache-control': 'no-store' })
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problem.body(`urn:uuid:${request.id}`)));
  }
}
