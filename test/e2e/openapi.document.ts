import { z } from 'zod';
import type { TestApi } from './running.api.js';

export interface DescribedAnswer {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
  readonly headers?: Readonly<Record<string, { readonly schema?: { readonly enum?: readonly string[] } }>>;
}

export interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly schema: { readonly description?: string };
  }[];
  readonly requestBody?: unknown;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
}

/** What an instance says of itself at /docs-json. */
export class OpenApiDocument {
  /** By method and path, like `get /api/users/{wallet}`. */
  readonly operations: ReadonlyMap<string, Operation>;
  private readonly components: { readonly schemas: Readonly<Record<string, object>> };

  constructor(readonly text: string) {
    const document = JSON.parse(text) as {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, object> };
    };
    this.components = document.components;
    this.operations = new Map(
      Object.entries(document.paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation]),
      ),
    );
  }

  static async of(api: TestApi): Promise<OpenApiDocument> {
    return new OpenApiDocument((await api.get('/docs-json').expect(200)).text);
  }

  operation(route: string): Operation {
    const operation = this.operations.get(route);
    if (operation === undefined) throw new Error(`${route} is not described`);
    return operation;
  }

  /** What is wrong with a body of that type; empty: it is as described. */
  faultsOf(answer: DescribedAnswer, type: string, body: unknown): readonly string[] {
    const schema = answer.content?.[type]?.schema;
    if (schema === undefined) return [`a body of ${type} is not described`];
    const { $ref: name } = schema as { readonly $ref?: string };
    const resolved = name === undefined ? schema : this.components.schemas[name.split('/').at(-1)!]!;
    const known = z.fromJSONSchema(resolved as Parameters<typeof z.fromJSONSchema>[0], {
      defaultTarget: 'openapi-3.0',
    });
    const checked = known.safeParse(body);
    return checked.success ? [] : checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
}
