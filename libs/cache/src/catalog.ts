import { durationMs, type Duration } from './duration.js';
import { CacheError } from './errors.js';
import { checkKey, checkNamespace, fullKey, tagsOf } from './tags.js';

/** The names between braces in a template: `'miner:stats:{wallet}'` gives `{ wallet: string }`. */
export type ParamsOf<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & ParamsOf<Rest>
  : unknown;

/** Options of one catalog entry. Durations are `'30s'` or milliseconds. */
export interface EntryOptions {
  /** How long a value is fresh. Default 300 s. */
  readonly fresh?: Duration;
  /** How long after that it may still be served while the source is slow or failing. Default 0: never. */
  readonly grace?: Duration;
  /** S: how stale an L1 answer may be while another process invalidates. 0: never in L1. Default 5 s. */
  readonly staleness?: Duration;
  /** Tags derived from the key's own parameters, as templates: `'wallet:{address}'`. */
  readonly tags?: readonly string[];
  /** How long an absent record (`undefined` from the loader) is remembered. Default 0: not at all. */
  readonly absent?: Duration;
  /** Encrypted in L2. Default false. */
  readonly sensitive?: boolean;
  /** Raise it when the value's shape changes: older entries become misses. 0 to 65535, default 0. */
  readonly schema?: number;
  /** Largest encoded value, bytes: larger ones are served and counted, not stored. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Part of the fresh life, at its end, in which a hit refreshes in the background. 0 to 1, default 0.2. */
  readonly refreshAhead?: number;
  /** XFetch's beta: above 1 refreshes earlier, 0 turns the probabilistic part off. Default 1. */
  readonly beta?: number;
  /** With a stale value at hand, how long a caller waits for the loader. Default 200 ms. */
  readonly softTimeout?: Duration;
  /** How long a loader may take at most. Default 10 s. */
  readonly hardTimeout?: Duration;
  /** Each life is shortened by a random part up to this. 0 to 0.5, default 0.05. */
  readonly jitter?: number;
  /** Loads of this entry that may run at once in this process. Default 64. */
  readonly concurrency?: number;
  /** The loader reports a block height, and `minHeight` demands of invalidations hold for it. Default false. */
  readonly heightAware?: boolean;
}

/** One key of one entry: what `getOrSet` and its siblings take. Made by `entry.ref(params)`. */
export interface EntryRef<V> {
  readonly entry: CatalogEntry<V>;
  /** The full key, namespace included. */
  readonly key: string;
  /** Tags beyond those derived from the key's own parameters. */
  readonly extraTags: readonly string[];
  readonly namespace: string | undefined;
  /** Carries the value's type; never present at run time. */
  readonly valueType?: V;
}

/** Resolved options: every duration in ms, every default in place. */
export interface EntryPolicy {
  readonly freshMs: number;
  readonly graceMs: number;
  readonly stalenessMs: number;
  readonly absentMs: number;
  readonly sensitive: boolean;
  readonly schema: number;
  readonly maxBytes: number;
  readonly refreshAhead: number;
  readonly beta: number;
  readonly softTimeoutMs: number;
  readonly hardTimeoutMs: number;
  readonly jitter: number;
  readonly concurrency: number;
  readonly heightAware: boolean;
}

/** The defaults of every entry, in one place. */
export const DEFAULT_POLICY: EntryPolicy = {
  freshMs: 300_000,
  graceMs: 0,
  stalenessMs: 5_000,
  absentMs: 0,
  sensitive: false,
  schema: 0,
  maxBytes: 1_048_576,
  refreshAhead: 0.2,
  beta: 1,
  softTimeoutMs: 200,
  hardTimeoutMs: 10_000,
  jitter: 0.05,
  concurrency: 64,
  heightAware: false,
};

/** The name that plain string keys carry in events and metrics. */
export const AD_HOC = '(ad hoc)';

type Segment = { readonly literal: string } | { readonly param: string };

/** A row of the catalog: one family of keys, its value's type, its life and its tags. */
export class CatalogEntry<V, Params = unknown> {
  readonly policy: EntryPolicy;
  /** The parameters' names, in the order in which they stand in the key. */
  readonly params: readonly string[];
  private readonly keySegments: readonly Segment[];
  private readonly tagSegments: readonly (readonly Segment[])[];
  private readonly pattern: RegExp;

  constructor(
    /** The label of metrics and logs, and what configuration overrides are named by. */
    readonly name: string,
    readonly template: string,
    readonly options: EntryOptions = {},
  ) {
    this.policy = policyOf(name, options);
    this.keySegments = segmentsOf(template);
    this.params = this.keySegments.flatMap((segment) => ('param' in segment ? [segment.param] : []));
    this.tagSegments = (options.tags ?? []).map(segmentsOf);
    for (const segment of this.tagSegments.flat()) {
      if ('param' in segment && !this.params.includes(segment.param)) {
        throw new CacheError(
          'CATALOG',
          `entry "${name}": tag parameter {${segment.param}} is not part of its key ${template}`,
        );
      }
    }
    this.pattern = new RegExp(
      `^${template
        .split(/\{\w+\}/)
        .map(escapeRegExp)
        .join('([^:]+)')}$`,
    );
  }

  /** The key of one value. @throws CacheError `INVALID_KEY` for an empty parameter or one that holds a `:`. */
  ref(
    params: Params,
    options: { readonly namespace?: string | undefined; readonly tags?: readonly string[] } = {},
  ): EntryRef<V> {
    if (options.namespace !== undefined) checkNamespace(options.namespace);
    const values = params as Readonly<Record<string, string>>;
    for (const name of this.params) {
      const value = values[name];
      if (typeof value !== 'string' || value === '' || value.includes(':')) {
        throw new CacheError(
          'INVALID_KEY',
          `entry "${this.name}": parameter {${name}} must be a non-empty string without ":"`,
          {
            entry: this.name,
          },
        );
      }
    }
    const key = fullKey(render(this.keySegments, values), options.namespace);
    return { entry: this, key, extraTags: options.tags ?? NO_TAGS, namespace: options.namespace };
  }

  /** The parameters of a key of this entry, or null when the key is not one of its own. @param key without namespace */
  match(key: string): Params | null {
    const match = this.pattern.exec(key);
    if (!match) return null;
    return Object.fromEntries(this.params.map((name, index) => [name, match[index + 1]])) as Params;
  }

  /** All tags of one of this entry's keys, in stamp order. */
  tagsOf(ref: EntryRef<V>): readonly string[] {
    const bare = ref.namespace === undefined ? ref.key : ref.key.slice(ref.namespace.length + 1);
    const values = (this.tagSegments.length > 0 ? (this.match(bare) ?? {}) : {}) as Readonly<Record<string, string>>;
    const explicit = this.tagSegments.map((segments) => render(segments, values));
    return tagsOf(ref.key, [...explicit, ...ref.extraTags], ref.namespace);
  }
}

const NO_TAGS: readonly string[] = [];

/**
 * Declares a row of the catalog.
 * @example const userInfo = defineEntry<User>()('user info', 'user:info:{wallet}', { fresh: '300s', tags: ['user:{wallet}'] });
 */
export function defineEntry<V>() {
  return <Template extends string>(
    name: string,
    template: Template,
    options?: EntryOptions,
  ): CatalogEntry<V, ParamsOf<Template>> => new CatalogEntry<V, ParamsOf<Template>>(name, template, options);
}

/** The table of all entries: names and keys are unique, and a plain string key finds its row. */
export class Catalog {
  private readonly byName = new Map<string, CatalogEntry<unknown>>();

  /** @throws CacheError `CATALOG` for two entries of one name or one key template. */
  constructor(readonly entries: readonly CatalogEntry<unknown>[] = []) {
    const templates = new Set<string>();
    for (const entry of entries) {
      const shape = entry.template.replace(/\{\w+\}/g, '{}');
      if (this.byName.has(entry.name))
        throw new CacheError('CATALOG', `two entries are named "${entry.name}": rename one`);
      if (templates.has(shape))
        throw new CacheError('CATALOG', `entry "${entry.name}": another entry has the key ${entry.template}`);
      this.byName.set(entry.name, entry);
      templates.add(shape);
    }
  }

  get(name: string): CatalogEntry<unknown> | undefined {
    return this.byName.get(name);
  }

  names(): string[] {
    return [...this.byName.keys()];
  }

  /** The row that a plain key belongs to, bound to it; otherwise an ad hoc one with the default policy. */
  refOf(key: string, namespace?: string, extraTags: readonly string[] = NO_TAGS): EntryRef<unknown> {
    checkKey(key);
    if (namespace !== undefined) checkNamespace(namespace);
    for (const entry of this.byName.values()) {
      if (entry.match(key) !== null) return { entry, key: fullKey(key, namespace), extraTags, namespace };
    }
    return { entry: AD_HOC_ENTRY, key: fullKey(key, namespace), extraTags, namespace };
  }
}

/** The options with every default in place. @throws CacheError `INVALID_OPTION` */
export function policyOf(name: string, options: EntryOptions): EntryPolicy {
  const policy: EntryPolicy = {
    ...DEFAULT_POLICY,
    ...(options.fresh === undefined ? {} : { freshMs: durationMs(options.fresh) }),
    ...(options.grace === undefined ? {} : { graceMs: durationMs(options.grace) }),
    ...(options.staleness === undefined ? {} : { stalenessMs: durationMs(options.staleness) }),
    ...(options.absent === undefined ? {} : { absentMs: durationMs(options.absent) }),
    ...(options.softTimeout === undefined ? {} : { softTimeoutMs: durationMs(options.softTimeout) }),
    ...(options.hardTimeout === undefined ? {} : { hardTimeoutMs: durationMs(options.hardTimeout) }),
    sensitive: options.sensitive ?? DEFAULT_POLICY.sensitive,
    schema: options.schema ?? DEFAULT_POLICY.schema,
    maxBytes: options.maxBytes ?? DEFAULT_POLICY.maxBytes,
    refreshAhead: options.refreshAhead ?? DEFAULT_POLICY.refreshAhead,
    beta: options.beta ?? DEFAULT_POLICY.beta,
    jitter: options.jitter ?? DEFAULT_POLICY.jitter,
    concurrency: options.concurrency ?? DEFAULT_POLICY.concurrency,
    heightAware: options.heightAware ?? DEFAULT_POLICY.heightAware,
  };
  requireRange(name, 'fresh', policy.freshMs, 1, 4_294_967_295);
  requireRange(name, 'schema', policy.schema, 0, 65_535);
  requireRange(name, 'refreshAhead', policy.refreshAhead, 0, 1);
  requireRange(name, 'jitter', policy.jitter, 0, 0.5);
  requireRange(name, 'beta', policy.beta, 0, 100);
  requireRange(name, 'concurrency', policy.concurrency, 1, 1_000_000);
  return policy;
}

function requireRange(entry: string, option: string, value: number, from: number, to: number): void {
  if (value >= from && value <= to) return;
  throw new CacheError('INVALID_OPTION', `entry "${entry}": ${option} is ${value}, it must be ${from} to ${to}`, {
    entry,
  });
}

function segmentsOf(template: string): Segment[] {
  return template
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? { param: part.slice(1, -1) } : { literal: part }));
}

function render(segments: readonly Segment[], values: Readonly<Record<string, string>>): string {
  let text = '';
  for (const segment of segments) text += 'literal' in segment ? segment.literal : values[segment.param];
  return text;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const AD_HOC_ENTRY: CatalogEntry<unknown> = new CatalogEntry<unknown>(AD_HOC, '{key}');
