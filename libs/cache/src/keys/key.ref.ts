/** What of a key its tags follow from. */
export interface KeyParts {
  readonly key: string;
  readonly namespace: string | undefined;
  readonly extraTags: readonly string[];
}

/** Whether two of the same key have the same tags. */
export function hasSameTags(one: KeyParts, other: KeyParts): boolean {
  if (one.namespace !== other.namespace) return false;
  if (one.extraTags === other.extraTags) return true;
  return (
    one.extraTags.length === other.extraTags.length && one.extraTags.every((tag, at) => tag === other.extraTags[at])
  );
}

/** Whoever knows the tags of its keys. */
interface Tagging {
  tagsOf(parts: KeyParts): readonly string[];
}

/** A key of an entry. Its tags are found out when they are first asked for: an L1 hit needs none. */
export class KeyRef<Entry extends Tagging> implements KeyParts {
  private known: readonly string[] | undefined;

  constructor(
    readonly entry: Entry,
    readonly key: string,
    readonly extraTags: readonly string[],
    readonly namespace: string | undefined,
  ) {}

  get tags(): readonly string[] {
    return (this.known ??= this.entry.tagsOf(this));
  }
}
