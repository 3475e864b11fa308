import { CatalogEntry } from '../catalog.js';
import type { OwnL1HitCount } from '../events.js';
import { L1Family, type L1Life } from './l1-family.js';

/** Entries of more names than these, from a program that makes them up as it goes, share one. */
const MAX_FAMILIES = 1_024;
const OTHER_ENTRIES = new CatalogEntry<unknown>('(other)', '{key}');

/**
 * The family of each entry. Entries of one name and one life share it, so that a program may define an entry wherever it
 * needs it, again and again: families, and the counts that they hold, stay few, and no hit is ever lost with one.
 */
export class FamilyTable {
  private readonly byEntry = new WeakMap<CatalogEntry<unknown>, L1Family>();
  private readonly byLabel = new Map<string, L1Family>();

  constructor(
    private readonly lifeOf: (entry: CatalogEntry<unknown>) => L1Life,
    /** Where hits can be read off: one for each family. */
    private readonly counts: OwnL1HitCount[],
  ) {}

  of(entry: CatalogEntry<unknown>): L1Family {
    const known = this.byEntry.get(entry);
    if (known !== undefined) return known;
    const life = this.lifeOf(entry);
    const family =
      this.byLabel.get(labelOf(entry, life)) ??
      (this.byLabel.size < MAX_FAMILIES ? this.begin(entry, life) : this.other(life));
    this.byEntry.set(entry, family);
    return family;
  }

  private other(life: L1Life): L1Family {
    return this.byLabel.get(labelOf(OTHER_ENTRIES, life)) ?? this.begin(OTHER_ENTRIES, life);
  }

  private begin(entry: CatalogEntry<unknown>, life: L1Life): L1Family {
    const family = new L1Family(entry, life);
    this.byLabel.set(labelOf(entry, life), family);
    this.counts.push(family);
    return family;
  }
}

function labelOf({ name }: CatalogEntry<unknown>, { stalenessMs, graceMs }: L1Life): string {
  return `${stalenessMs} ${graceMs} ${name}`;
}
