import { StandardSchemaValidationPipe } from '@nestjs/common';
import { type FieldError, Problem } from './problem.js';

type Issues = Parameters<
  ConstructorParameters<typeof StandardSchemaValidationPipe>[0] extends infer O
    ? NonNullable<NonNullable<O> extends { exceptionFactory?: infer F } ? F : never>
    : never
>[0];

/** Most fields that an answer names. */
const MAX_ERRORS = 20;

/** Checks parameters, queries and bodies by the schema beside them; a refusal names each field. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues: Issues) => Problem.badRequest(...issues.slice(0, MAX_ERRORS).map(fieldErrorOf)),
  });
}

function fieldErrorOf(issue: Issues[number]): FieldError {
  const path = (issue.path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  return { field: path.length === 0 ? 'body' : path.join('.'), message: issue.message };
}
