import { invalidationOf } from '../catalog/invalidations.js';

/** An outbox row holds at most so many names. */
const MAX_NAMES = 500;

/** A row of the outbox. */
export interface DueRow {
  readonly tags: string[];
  readonly keys: string[];
  readonly minHeight: bigint | null;
}

/** Tags of events whose heights can be compared. */
interface Group {
  readonly tags: Set<string>;
  minHeight: number;
}

/**
 * What all events of a batch make invalid, each name once. Of events of one chain the highest block is demanded for all
 * of them: what is loaded afterwards is read at the chain's head, which is past it.
 */
export function dueOf(events: readonly object[]): DueRow[] {
  const tags = new Set<string>();
  const keys = new Set<string>();
  const byChain = new Map<string, Group>();
  for (const event of events) {
    const due = invalidationOf(event);
    for (const key of due.keys) keys.add(key);
    const into = due.minHeight === undefined ? tags : groupOf(byChain, chainOf(event), due.minHeight).tags;
    for (const tag of due.tags) into.add(tag);
  }
  return [
    ...chunks([...tags]).map((some) => ({ tags: some, keys: [], minHeight: null })),
    ...chunks([...keys]).map((some) => ({ tags: [], keys: some, minHeight: null })),
    ...[...byChain.values()].flatMap(({ tags: named, minHeight }) =>
      chunks([...named]).map((some) => ({ tags: some, keys: [], minHeight: BigInt(minHeight) })),
    ),
  ];
}

/** EVM chains have an id; what has none is of R3MES's. */
function chainOf(event: object): string {
  return String((event as { readonly chainId?: number }).chainId ?? 'r3mes');
}

function groupOf(groups: Map<string, Group>, chain: string, minHeight: number): Group {
  const group = groups.get(chain) ?? { tags: new Set<string>(), minHeight };
  group.minHeight = Math.max(group.minHeight, minHeight);
  groups.set(chain, group);
  return group;
}

function chunks(names: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at < names.length; at += MAX_NAMES) parts.push(names.slice(at, at + MAX_NAMES));
  return parts;
}
