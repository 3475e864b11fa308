import type { OpenAPIObject } from '@nestjs/swagger';
import { describeHeaders } from './openapi.headers.js';

type Paths = OpenAPIObject['paths'];
type Operation = NonNullable<Paths[string]['get']>;
type Responses = Operation['responses'];
type Described = Exclude<Responses[string], { readonly $ref: string } | undefined>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** RFC 9457, as problem.ts has it. */
const PROBLEM = {
  type: 'object' as const,
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string' as const },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const, description: 'For people' },
    instance: { type: 'string' as const, description: "The request's id, as the log has it" },
    errors: {
      type: 'array' as const,
      description: 'Of a 400: which fields are wrong, and what they should be',
      items: {
        type: 'object' as const,
        required: ['field', 'message'],
        properties: { field: { type: 'string' as const }, message: { type: 'string' as const } },
      },
    },
  },
};

const PROBLEM_CONTENT = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
/** What any route can answer, whatever its controller says. */
const EVERYWHERE = {
  '500': 'A defect of the service; the log has it under the instance',
  '503': 'This instance cannot answer at present: it is stopping',
};
/** What any route that takes something can answer. */
const WITH_INPUT = { '400': 'Names the field that is wrong and what it should be' };
/** What any route with a body can answer. */
const WITH_BODY = {
  '413': 'The body is too large',
  '415': 'The body is not JSON',
};

/** Gives every error of a description its body and its headers, and every route the errors that all routes have. */
export function describeProblems(document: OpenAPIObject): OpenAPIObject {
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM },
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      // Probes have answers of their own, for machines that look at the status only.
      if (!path.startsWith('/health/')) describeOperation(operation);
      describeHeaders(operation);
    }
  }
  return document;
}

function describeOperation(operation: Operation): void {
  const hasBody = operation.requestBody !== undefined;
  const hasInput = hasBody || operation.parameters?.some((one) => 'in' in one && one.in !== 'header') === true;
  const common = { ...EVERYWHERE, ...(hasInput ? WITH_INPUT : {}), ...(hasBody ? WITH_BODY : {}) };
  for (const [status, description] of Object.entries(common)) operation.responses[status] ??= { description };
  for (const [status, response] of Object.entries(operation.responses)) {
    if (Number(status) >= 400) (response as Described).content = PROBLEM_CONTENT;
  }
}
