import { durationMs, type Duration } from './duration.js';
import { CacheError } from './errors.js';
import { KeyRef, type KeyParts } from './keys/key.ref.js';
import { KeyTemplate } from './keys/key.template.js';
import { checkKey, checkNamespace, fullKey, tagsOf } from './keys/tags.js';

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

/** What a key may have beyond its entry's own. */
export interface RefOptions {
  readonly namespace?: string | undefined;
  readonly tags?: readonly string[];
}

/** One key of one entry: what `getOrSet` and its siblings take. Made by `entry.ref(params)`. */
export interface EntryRef<V> {
  readonly entry: CatalogEntry<V>;
  /** The full key, namespace included. */
  readonly key: string;
  /** All tags in stamp order: its own, the namespace, the prefixes of the key, `*`. @throws CacheError `INVALID_TAG` */
  readonly tags: readonly string[];
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

/** A row of the catalog: one family of keys, its value's type, its life and its tags. */
export class CatalogEntry<V, Params = unknown> {
  readonly policy: EntryPolicy;
  /** The parameters' names, in the order in which they stand in the key. */
  readonly params: readonly string[];
  private readonly key: KeyTemplate;
  private readonly tags: readonly KeyTemplate[];

  constructor(
    /** The label of metrics and logs, and what configuration overrides are named by. */
    readonly name: string,
    readonly template: string,
    readonly options: EntryOptions = {},
  ) {
    this.policy = policyOf(name, options);
    this.key = new KeyTemplate(template);
    this.params = this.key.params;
    this.tags = (options.tags ?? []).map((tag) => new KeyTemplate(tag));
    const stranger = this.tags.flatMap(({ params }) => params).find((param) => !this.params.includes(param));
    if (stranger !== undefined) {
      throw new CacheError(
        'CATALOG',
        `entry "${name}": tag parameter {${stranger}} is not part of its key ${template}`,
      );
    }
  }

  /** The key of one value. @throws CacheError `INVALID_KEY` for an empty parameter or one that holds a `:`. */
  ref(params: Params, options: RefOptions = NO_OPTIONS): EntryRef<V> {
    const { namespace, tags } = options;
    if (namespace !== undefined) checkNamespace(namespace);
    const values = params as Readonly<Record<string, string>>;
    const key = this.key.render(values);
    if (key === null) throw this.badParams(values);
    return new KeyRef<CatalogEntry<V>>(this, fullKey(key, namespace), tags ?? NO_TAGS, namespace);
  }

  /** The parameters of a key of this entry, or null when the key is not one of its own. @param key without namespace */
  match(key: string): Params | null {
    return this.key.valuesIn(key) as Params | null;
  }

  /** Whether the key is one of this entry's. @param key without namespace */
  owns(key: string): boolean {
    return this.key.matches(key);
  }

  /** The same key with other tags beyond its own. */
  withTags(ref: EntryRef<V>, extraTags: readonly string[]): EntryRef<V> {
    return new KeyRef<CatalogEntry<V>>(this, ref.key, extraTags, ref.namespace);
  }

  /** All tags of one of this entry's keys, in stamp order: what `ref.tags` asks. @throws CacheError `INVALID_TAG` */
  tagsOf({ key, namespace, extraTags }: KeyParts): string[] {
    const explicit = [...extraTags];
    if (this.tags.length > 0) {
      const values = this.key.valuesIn(namespace === undefined ? key : key.slice(namespace.length + 1)) ?? {};
      for (const template of this.tags) {
        const tag = template.render(values);
        if (tag !== null) explicit.push(tag);
      }
    }
    return tagsOf(key, explicit, namespace);
  }

  private badParams(params: Readonly<Record<string, unknown>>): CacheError {
    const isGood = (value: unknown): boolean => typeof value === 'string' && value !== '' && !value.includes(':');
    const bad = this.params.find((name) => !isGood(params[name]))!;
    const message = `entry "${this.name}": parameter {${bad}} must be a non-empty string without ":"`;
    return new CacheError('INVALID_KEY', message, { entry: this.name });
  }
}

const NO_TAGS: readonly string[] = [];
const NO_OPTIONS: RefOptions = {};

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
      if (entry.owns(key)) return this.refIn(entry, key, namespace, extraTags);
    }
    return this.refIn(AD_HOC_ENTRY, key, namespace, extraTags);
  }

  private refIn(
    entry: CatalogEntry<unknown>,
    key: string,
    namespace: string | undefined,
    extraTags: readonly string[],
  ): EntryRef<unknown> {
    return new KeyRef(entry, fullKey(key, namespace), extraTags, namespace);
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

const AD_HOC_ENTRY: CatalogEntry<unknown> = new CatalogEntry<unknown>(AD_HOC, '{key}');
