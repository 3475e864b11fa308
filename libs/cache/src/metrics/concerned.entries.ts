import type { CatalogEntry } from '../catalog.js';
import type { InvalidationKind } from '../events.js';
import { KeyTemplate } from '../keys/key.template.js';
import { ALL, prefixesOf } from '../keys/tags.js';

/** Of an invalidation that names more than these, the rest is not looked at. */
const MAX_NAMES = 1_000;

/**
 * Which entries an invalidation concerns, as far as its names tell: those whose keys, tags, or parts of keys they are.
 * What is in a namespace, and what a caller tagged by itself, is not known.
 */
export class ConcernedEntries {
  private readonly all: ReadonlySet<string>;
  /** Names without a parameter, as `chain` and `miner:`. */
  private readonly exact = new Map<string, Set<string>>();
  /** What stands in front of the one parameter at the end, as `user:` of `user:{wallet}`. */
  private readonly heads = new Map<string, Set<string>>();
  private readonly others: { readonly pattern: KeyTemplate; readonly entry: string }[] = [];

  constructor(entries: readonly CatalogEntry<unknown>[]) {
    this.all = new Set(entries.map(({ name }) => name));
    for (const { name, template, options } of entries) {
      for (const one of [template, ...(options.tags ?? []), ...prefixesOf(template)]) this.learn(one, name);
    }
  }

  of(kind: InvalidationKind, names: readonly string[]): ReadonlySet<string> {
    if (kind === 'all') return this.all;
    const found = new Set<string>();
    for (const name of names.slice(0, MAX_NAMES)) {
      if (name === ALL) return this.all;
      for (const entry of this.exact.get(name) ?? []) found.add(entry);
      const head = name.slice(0, name.lastIndexOf(':') + 1);
      // A prefix names many keys; it has no parameter at its end.
      if (head !== name) for (const entry of this.heads.get(head) ?? []) found.add(entry);
      for (const { pattern, entry } of this.others) if (pattern.matches(name)) found.add(entry);
      if (found.size === this.all.size) break;
    }
    return found;
  }

  private learn(template: string, entry: string): void {
    const literal = template.replace(/\{\w+\}$/, '');
    if (literal.includes('{')) {
      this.others.push({ pattern: new KeyTemplate(template), entry });
      return;
    }
    const known = literal === template ? this.exact : this.heads;
    known.set(literal, (known.get(literal) ?? new Set()).add(entry));
  }
}
